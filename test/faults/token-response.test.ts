import { replayArea } from './replay.ts';
import { scene } from './scene.ts';

const scopes = ['svc:read', 'svc:write'];
const inTime = { config: { scopes, acquireTimeoutMs: 5_000 } };

replayArea(
  'token-response',
  {
    'TR-033': scene({ calls: 10, everyMs: 10 }),
    'TR-034': scene({ calls: 10, everyMs: 100, config: { refreshOffsetMs: 300_000 } }),
    'TR-036': scene({ config: { refreshOffsetMs: 1, jitterMaxMs: 0 } }), // so that the timer is as long as the life
    'TR-141': scene(inTime),
    'TR-142': scene(inTime),
    'TR-143': scene(inTime),
  },
  scene({ config: { scopes } }),
);
