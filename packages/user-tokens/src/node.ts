export { nodeListener } from './consent/node-listener.ts';
