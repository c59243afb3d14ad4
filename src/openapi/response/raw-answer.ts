/** The service's answer, read to its end. */
export interface RawAnswer {
  readonly httpStatus: number;
  /** Under lower-case names; of a header sent several times, the first. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}
