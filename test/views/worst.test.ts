import { BITING } from './attacks.ts';
import { drawsTheWorst } from './draws-the-worst.ts';

drawsTheWorst(BITING);
