import { configureGlobal } from 'fast-check';

// The daily suite tries the same cases in every run, so that a red run is the fault of a change. The deep suite tries
// new ones, and what it finds becomes a case of its own.
configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });

export * from 'fast-check';
