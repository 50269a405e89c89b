// Is nothing left of a platform once it was stopped, however often, and however dead the server is?
import { expect, test, vi } from 'vitest'
import { discordStage, onceInbox, PATIENCE_MS } from '../../test/support/discord-stage.ts'

const LONG_MS = 60_000
const eventually = { timeout: PATIENCE_MS, interval: 20 }

/** Sockets and timers that keep a process alive. */
function handles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP|Socket/.test(kind))
}

test(
  'thirty lives one after the other leave no timer, no socket and no session',
  async () => {
    const stage = await discordStage()
    const live = async (): Promise<void> => {
      const platform = stage.open()
      await platform.start(onceInbox().inbox, stage.world())
      expect(platform.health()).toEqual({ state: 'up' })
      await platform.stop()
    }
    for (let n = 0; n < 3; n += 1) await live()
    const before = handles().length
    for (let n = 0; n < 30; n += 1) await live()
    await vi.waitFor(() => expect(stage.emulator.store.sessions).toEqual([]), eventually)
    expect(stage.clock.sleepers).toBe(0)
    expect(stage.requests()).toBe(0)
    await vi.waitFor(() => expect(handles().length).toBeLessThanOrEqual(before + 2), eventually)
  },
  LONG_MS,
)

test(
  'the stop does not wait for a frozen server, nor for a store that hangs',
  async () => {
    const stage = await discordStage()
    const platform = stage.open()
    let offered = 0
    await platform.start(async () => {
      offered += 1
      return new Promise(() => undefined)
    }, stage.world())
    stage.emulator.say(stage.ann, stage.emulator.directChannel(stage.ann), 'hello')
    await vi.waitFor(() => expect(offered).toBe(1), eventually)
    stage.emulator.faults.gateway.freeze()
    const stopped = platform.stop().then(() => 'stopped')
    const late = stage.clock.sleep(10_000, AbortSignal.timeout(12_000)).then(() => 'late')
    expect(await Promise.race([stopped, late.catch(() => 'late')])).toBe('stopped')
  },
  LONG_MS,
)

test(
  'a half-open connection is found out and taken up again, and what was said meanwhile is heard once',
  async () => {
    const stage = await discordStage({ heartbeatIntervalMs: 300 })
    const { inbox, texts } = onceInbox()
    await stage.open().start(inbox, stage.world())
    const direct = stage.emulator.directChannel(stage.ann)
    stage.emulator.say(stage.ann, direct, 'one')
    await vi.waitFor(() => expect(texts()).toEqual(['one']), eventually)
    stage.emulator.faults.gateway.replayMore(5)
    stage.emulator.faults.gateway.freeze()
    stage.emulator.say(stage.ann, direct, 'two')
    await vi.waitFor(() => expect(texts()).toEqual(['one', 'two']), eventually)
    // Taken up again, or anew where the machine is too busy to beat in time.
    const { identifies, resumes } = stage.emulator.store
    expect(identifies + resumes).toBeGreaterThan(1)
  },
  LONG_MS,
)
