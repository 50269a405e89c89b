// Does a bridge run at every moment of a reload, and the right one?
import { expect, test } from 'vitest'
import { configYaml, load } from '../../test/support/config-world.ts'
import { ConfigError } from '../config/faults.ts'
import type { LoadedConfig } from '../config/settings.ts'
import type { ReloadOutcome, RunningBridge } from '../main.ts'
import { runReloading } from './reloading.ts'

/** A bridge refuses to be changed to a configuration with this. */
const UNFIT_LIVE_MS = 4_321

const config = (rest: string): Promise<LoadedConfig> => load({ yaml: configYaml(rest) })

/** Runs through these configurations; `broken` ones cannot be read, those `unfit` cannot be started with. */
async function through(
  steps: readonly (LoadedConfig | Error)[],
  unfit: readonly LoadedConfig[] = [],
): Promise<readonly string[]> {
  const story: string[] = []
  const stopping = new AbortController()
  const [first, ...rest] = steps
  if (first === undefined || first instanceof Error) throw new Error('the first one is fine')
  const queue = [...rest]
  async function* occasions(): AsyncGenerator<void> {
    while (queue.length > 0) yield
    stopping.abort()
  }
  await runReloading({
    first: { config: first, env: {} },
    source: {
      files: [],
      async load() {
        const next = queue.shift()
        if (next === undefined || next instanceof Error) throw next ?? new Error('no more')
        return { config: next, env: {} }
      },
    },
    start: async ({ config: with_ }) => {
      if (unfit.includes(with_)) throw new Error('no platform will have it')
      story.push(`start ${with_.drainMs}`)
      return bridge(story, with_)
    },
    occasions: occasions(),
    signal: stopping.signal,
  })
  return story
}

function bridge(story: string[], { drainMs }: LoadedConfig): RunningBridge {
  let stopped = false
  return {
    address: '',
    async apply({ drainMs: next }) {
      if (next === UNFIT_LIVE_MS) throw new Error('the store is away')
      story.push('apply')
    },
    tellReload(outcome: ReloadOutcome) {
      story.push('refused' in outcome ? `refused: ${outcome.because}` : `applied ${outcome.applied.join()}`)
    },
    async stop() {
      if (!stopped) story.push(`stop ${drainMs}`)
      stopped = true
    },
  }
}

test('a change of rules is applied to the bridge that runs', async () => {
  const [old, next] = [await config(''), await config('access: { direct: closed }\n')]
  expect(await through([old, next, next])).toEqual([
    `start ${old.drainMs}`,
    'apply',
    'applied access',
    'applied ',
    `stop ${old.drainMs}`,
  ])
})

test('a broken one is refused in the words of the start, and the next good one is taken', async () => {
  const [old, next] = [await config(''), await config('access: { direct: closed }\n')]
  const fault = new ConfigError([{ subject: 'acces', problem: 'is not known' }])
  const story = await through([old, fault, next])
  expect(story[1]).toBe(`refused: ${fault.message}`)
  expect(story.slice(2, 4)).toEqual(['apply', 'applied access'])
})

test('what is read once: the old one has stopped before the new one starts', async () => {
  const [old, next] = [await config('drainMs: 1000\n'), await config('drainMs: 2000\n')]
  expect(await through([old, next])).toEqual([
    'start 1000',
    'stop 1000',
    'start 2000',
    'applied drainMs',
    'stop 2000',
  ])
})

test('one that cannot start leaves the old one running again', async () => {
  const [old, next] = [await config('drainMs: 1000\n'), await config('drainMs: 2000\n')]
  const story = await through([old, next], [next])
  expect(story.slice(0, 3)).toEqual(['start 1000', 'stop 1000', 'start 1000'])
  expect(story[3]).toMatch(/^refused: the bridge cannot start with it/)
  expect(story.at(-1)).toBe('stop 1000')
})

test('a change that fails half way leaves the old one running, begun anew', async () => {
  const old = await config(`drainMs: ${UNFIT_LIVE_MS}\n`)
  const next = await config(`drainMs: ${UNFIT_LIVE_MS}\naccess: { direct: closed }\n`)
  const story = await through([old, next])
  expect(story.slice(0, 3)).toEqual([
    `start ${UNFIT_LIVE_MS}`,
    `stop ${UNFIT_LIVE_MS}`,
    `start ${UNFIT_LIVE_MS}`,
  ])
  expect(story[3]).toMatch(/^refused: the bridge cannot start with it/)
})
