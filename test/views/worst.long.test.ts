import { ATTACKS, BITING } from './attacks.ts';
import { drawsTheWorst } from './draws-the-worst.ts';

drawsTheWorst(Object.keys(ATTACKS).filter((name) => !BITING.includes(name)));
