/** What a person can put right: the message is printed as it is, without a stack. */
export class Sentence extends Error {
  override name = 'Sentence';
}
