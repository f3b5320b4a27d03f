#!/usr/bin/env node
await import('@bearings/cli/main');
