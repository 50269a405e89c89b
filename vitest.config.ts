// Four kinds of tests: unit and contract (no clock but a hand-moved one), e2e (real processes), conformance; and what
// needs a Redis server or a browser, which `npm test` leaves out.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/support/node-version.ts'],
    // Most of the long ones wait for processes rather than compute: two side by side also on a machine of two cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Laws look at hundreds of cases: on a crowded machine that takes longer than the usual five seconds.
          testTimeout: 30_000,
          include: ['src/**/*.test.ts', 'adapters/**/*.test.ts', 'test/contract/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'redis',
          include: ['test/redis/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // One browser at a time: it is what is measured and looked at.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
})
