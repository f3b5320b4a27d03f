/**
 * Bytes outside of shared memory: `Uint8Array<ArrayBuffer>`, in a form that the declarations of TypeScript before 5.7 know,
 * in which `Uint8Array` has no type parameter.
 */
export type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>;
