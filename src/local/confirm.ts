import { createInterface } from 'node:readline/promises';

/** The terminal, unless a test says otherwise. */
export interface Streams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  /** Whether keys such as Ctrl-C are read one by one; left out: where `output` is a terminal. */
  terminal?: boolean;
}

/** Asks and waits. Everything but a yes is a no: another word, Ctrl-C, the end of the input. */
export async function confirm(
  question: string,
  streams: Streams = { input: process.stdin, output: process.stdout },
): Promise<boolean> {
  const ask = createInterface(streams);
  // At the end of the input the question itself would wait for ever.
  const closed = new Promise<string>((done) => ask.once('close', () => done('')));
  const answer = await Promise.race([ask.question(question).catch(() => ''), closed]);
  ask.close();
  return /^y(es)?$/i.test(answer.trim());
}
