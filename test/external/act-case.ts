// One workflow that act runs, and what its log must show.

export interface Workflow {
  readonly name: string;
  readonly jobs: string;
  /** Lines before the jobs. */
  readonly top?: string;
  /** `push` where nothing is said. */
  readonly event?: string;
  readonly on?: string;
  /** What the log must show, in any order. */
  readonly shows: readonly string[];
  readonly matches?: readonly RegExp[];
  readonly never?: string;
  readonly fails?: true;
  /** What act is given beside the usual. */
  readonly options?: string;
  /** Uses packages of the actions toolkit, from npm. */
  readonly needsToolkit?: true;
}

/** One job of these steps. */
export const steps = (...lines: string[]): string => `  one:\n    runs-on: ubuntu-latest\n    steps:\n${lines.map((line) => `      - ${line}\n`).join('')}`;

