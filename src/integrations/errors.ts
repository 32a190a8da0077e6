/** The vendor asked us to wait (429, secondary limit): try again after `ms`, and do not count it as a failure. */
export class RetryLater extends Error {
  override name = 'RetryLater';
  ms: number;
  constructor(message: string, ms: number) {
    super(message);
    this.ms = ms;
  }
}

/** The vendor refused and repeating will not help; the message is a sentence for people, without secrets. */
export class Refused extends Error {
  override name = 'Refused';
  code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
