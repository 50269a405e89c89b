// How does a bridge end that was started as the README says? Through npm, which stands between it and the signal.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { defaults, say, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import { startTelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { bridgeEnv } from '../../src/playground/stage.ts'
import { yamlOf } from '../support/e2e-stage.ts'

test.each(['npm alone', 'everybody in the terminal'] as const)(
  'a stop told to %s in mid-reply lets the reply finish, exits 0 and leaves nobody behind',
  async (whom) => {
    const coze = await startCozeEmulator()
    const telegram = await startTelegramEmulator()
    const answer = 'one two three four five six seven eight nine ten eleven twelve'
    coze.setScript(defaults.botId, function* () {
      yield { ...say(answer), charsPerDelta: 1, deltaMs: 40 }
    })
    const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-stop-'))
    const config = join(folder, 'bridge.yaml')
    await writeFile(config, yamlOf(''))
    const npm = spawn('npm', ['start'], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      detached: true,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...bridgeEnv({ coze, telegram }, 'memory:'),
        // Never a configuration of the developer's own, which may lie in the checkout.
        BRIDGE_CONFIG: config,
      },
    })
    const ended = new Promise((resolve) => npm.once('exit', resolve))
    try {
      await telegram.waitFor(() => telegram.store.isPolled, { timeoutMs: 30_000 })
      const person = telegram.person({})
      const chat = telegram.privateChat(person)
      telegram.say(person, chat, 'count')
      const shown = (): string => telegram.screen(chat).findLast(({ byBot }) => byBot)?.text ?? ''
      await telegram.waitFor(() => shown() !== '', { timeoutMs: 30_000 })
      expect(shown()).not.toBe(answer)

      process.kill(whom === 'npm alone' ? npm.pid! : -npm.pid!, 'SIGTERM')
      expect(await ended).toBe(0)
      expect(shown()).toBe(answer)
      expect(() => process.kill(-npm.pid!, 0)).toThrow('ESRCH')
    } finally {
      if (npm.exitCode === null) process.kill(-npm.pid!, 'SIGKILL')
      await Promise.all([coze.close(), telegram.close(), rm(folder, { recursive: true, force: true })])
    }
  },
)
