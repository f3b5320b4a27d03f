import { loadConfig, readSecret } from '../../src/index.ts';

/** Loads a config whose client `orders` has its secret in a file, and prints what was found. Arguments: the file, the setting. */
const [file = '', readableByOthers = ''] = process.argv.slice(2);
const auth = { type: 'bearer', tokenRef: `file:${file}` };
const secretFiles = readableByOthers === '' ? {} : { secretFiles: { readableByOthers: readableByOthers === 'true' } };
const warnings: string[] = [];
const read = await loadConfig(
  { clients: { orders: { baseUrl: 'https://orders.internal', auth } }, ...secretFiles },
  { onWarning: ({ path, found }) => warnings.push(`${path} ${found}`) },
);
const alone = await readSecret(auth.tokenRef);
const again = read.isOk() ? await read.value.readSecret(auth.tokenRef) : read;
process.stdout.write(
  JSON.stringify({
    isOk: read.isOk() && again.isOk(),
    isReadAlone: alone.isOk(),
    warnings,
    error: read.isErr() ? read.error.message : '',
  }),
);
