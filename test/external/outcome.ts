// What an external check is given and what it answers.

export interface Outcome {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skip';
  /** Why it failed or could not run. */
  readonly reason?: string;
  readonly seconds: number;
  /** A failure that is told but does not fail the run: a minimum count judges the whole suite. */
  readonly tolerated?: true;
}

export interface Context {
  /** unix:///… of the server under test. */
  readonly dockerHost: string;
  readonly tcpHost: string;
  /** A folder of this check's own; gone afterwards. */
  readonly workDir: string;
  /** Downloads and builds, kept between runs. */
  readonly cacheDir: string;
  /** Other projects' suites, where they are at hand. */
  readonly shared: string | undefined;
  readonly log: (text: string) => void;
}

export interface Check {
  readonly name: string;
  run(context: Context): Promise<Outcome[]>;
}
