import { replayRefusedRefresh } from './refused-refresh.ts';
import { replayArea } from './replay.ts';
import { replayScenario } from './replay-scenario.ts';

const scopes = ['svc:read', 'svc:write'];
const inTime = { config: { scopes, acquireTimeoutMs: 5_000 } };

replayArea(
  'token-response',
  {
    'TR-033': replayScenario({ calls: 10, everyMs: 10 }),
    'TR-034': replayScenario({ calls: 10, everyMs: 100, config: { refreshOffsetMs: 300_000 } }),
    'TR-036': replayScenario({ config: { refreshOffsetMs: 1, jitterMaxMs: 0 } }), // the timer is as long as the lifetime
    'TR-141': replayScenario(inTime),
    'TR-142': replayScenario(inTime),
    'TR-143': replayScenario(inTime),
    'TR-156': replayRefusedRefresh,
  },
  replayScenario({ config: { scopes } }),
);
