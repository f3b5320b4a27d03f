import { configureGlobal } from 'fast-check';

// The daily suite tries the same cases in every run, so a failure is caused by a change. The deep suite tries new ones;
// each failure it finds becomes a fixed case.
configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });

export * from 'fast-check';
