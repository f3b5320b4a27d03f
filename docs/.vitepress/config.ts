import { transformerTwoslash } from '@shikijs/vitepress-twoslash';
import { createFileSystemTypesCache } from '@shikijs/vitepress-twoslash/cache-fs';
import { defineConfig } from 'vitepress';
import llmstxt from 'vitepress-plugin-llms';
import { sidebar } from '../site/sidebar.ts';
import { slugify } from '../site/slugify.ts';

const description = 'An HTTP client for TypeScript services that handles OAuth 2.0.';

// A config file must have a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  title: 'Bearings',
  description,
  base: process.env['DOCS_BASE'] ?? '/',
  srcDir: '.pages',
  cacheDir: '.vitepress/cache',
  lastUpdated: false,
  markdown: {
    anchor: { slugify },
    toc: { slugify },
    codeTransformers: [
      // Blocks that are files of `examples/snippets` get the types of the packages on hover, and must compile.
      transformerTwoslash({
        explicitTrigger: /examples\/(?:snippets|tutorials)\/[\w-]+\.ts$/,
        typesCache: createFileSystemTypesCache(),
        twoslashOptions: {
          compilerOptions: { allowImportingTsExtensions: true, noEmit: true, types: ['node'], strict: true },
        },
      }),
    ],
    languages: ['ts', 'js', 'sh', 'bash', 'yaml', 'json'],
  },
  vite: {
    plugins: [llmstxt({ description, ignoreFiles: ['examples/*'], ignoreFilesPerOutput: { llmsFullTxt: ['api/*'] } })],
    build: { chunkSizeWarningLimit: 4_000 },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Tutorials', link: '/tutorials/first-client', activeMatch: '/tutorials/' },
      { text: 'Errors', link: '/errors' },
      { text: 'API', link: '/api/client', activeMatch: '/api/' },
      { text: 'Migrate', link: '/migrate/', activeMatch: '/migrate/' },
    ],
    sidebar,
  },
});
