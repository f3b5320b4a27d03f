/** What happens in a run, for a progress display, a log or a status page. Holds no secret and no record. */
export type RunEvent =
  | {
      readonly type: 'started';
      /** What earlier runs have written. */
      readonly records: number;
      readonly pages: number;
      /** The size of the output. */
      readonly bytes: number;
    }
  | {
      /** A page is written and confirmed. */
      readonly type: 'page';
      readonly resource: string;
      /** The number of the page in its list. */
      readonly page: number;
      /** The records of this page that were written. */
      readonly records: number;
      /** The records of this page that the output had already. */
      readonly duplicates: number;
      /** How many records the list has, when the API says so. */
      readonly expected: number | undefined;
      /** True when this was the last page of its list. */
      readonly isLast: boolean;
      /** The records and pages of all resources, and the bytes of the output, earlier runs included. */
      readonly total: { readonly records: number; readonly pages: number; readonly bytes: number };
    }
  | {
      /** The API asks to wait. All requests of the source wait. */
      readonly type: 'throttled';
      readonly waitMs: number;
      readonly status: number;
    }
  | {
      /** Does not stop the run. */
      readonly type: 'warning';
      readonly message: string;
    };

/** Called with each event, in order. Errors it throws or rejects with are ignored. */
export type RunListener = (event: RunEvent) => void;
