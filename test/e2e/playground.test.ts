// Does the playground show each platform's screen, and does it fail where an answer is missing?

import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../adapters/common/width.ts'
import { playOnce, type OnceOptions } from '../../src/playground/once.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { openStage } from '../../src/playground/stage.ts'
import { runPlayground as run } from '../support/e2e-command-line.ts'
import { openE2eStage } from '../support/e2e-stage.ts'

interface Line {
  readonly platform: string
  readonly atMs: number
  readonly messageId: string
  readonly text: string
  readonly final: boolean
}

describe.concurrent('npm run playground -- --once', () => {
  test('with --json tells every frame of every platform, and last the whole texts', async (context) => {
    const { code, stdout } = await run(context, ['--json', '--once', 'tell me something'])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['platform', 'atMs', 'messageId', 'text', 'final'])
    }
    for (const platform of PLATFORM_NAMES) {
      const mine = lines.filter((line) => line.platform === platform)
      const times = mine.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(mine.filter(({ final }) => !final).length, `${platform} grew`).toBeGreaterThan(1)
      const finished = mine.filter(({ final }) => final).map(({ text }) => text)
      expect(finished.join('\n')).toContain('You said: tell me something')
      expect(finished.join('\n')).toContain('What is said once is kept.')
      expect(mine.at(-1)?.final).toBe(true)
    }
    expect(code).toBe(0)
  })

  test('shows the platforms side by side, in lines that fit, in Chinese too', async (context) => {
    const { code, stdout } = await run(context, ['--once', '你好，给我看看'])
    const lines = stdout.split('\n')
    expect(lines.filter((line) => displayWidth(line) > 120)).toEqual([])
    const heads = lines.filter((line) => /^Discord.*│ Telegram.*│ Feishu/.test(line))
    expect(heads.length).toBeGreaterThan(2)
    const heard = lines.filter((line) => line.split('你说：你好，给我看看').length === 4)
    expect(heard.length).toBeGreaterThan(0)
    expect(stdout).toContain('The whole answer stands on Discord, Telegram and Feishu.')
    expect(stdout).toMatch(/^ +Feishu +\d+ characters, 1 message, \d+ frames, \d+\.\d\d s$/m)
    expect(code).toBe(0)
  })

  test('plays on the platforms that were named, and on no other', async (context) => {
    const platforms = ['--platform', 'telegram', '--platform', 'feishu']
    const { code, stdout } = await run(context, [...platforms, '--json', '--once', '!say only two'])
    const played = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).platform)
    expect(new Set(played)).toEqual(new Set(['telegram', 'feishu']))
    expect(code).toBe(0)
  })

  test('with a platform nobody knows fails and names those there are', async (context) => {
    const { code, stderr } = await run(context, ['--platform', 'icq', '--once', 'hello'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/discord, telegram, feishu/)
  })

  test('asks every line on every platform where lines are typed', async (context) => {
    const { code, stdout } = await run(context, ['--json'], '!say first line\n!say second line\n')
    const finals = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ final }) => final)
    for (const text of ['first line', 'second line']) {
      const platforms = finals.filter((line) => line.text === text).map(({ platform }) => platform)
      expect(platforms).toEqual(PLATFORM_NAMES)
    }
    expect(code).toBe(0)
  })
})

describe.concurrent('the playground fails', () => {
  test('with 1, naming the platform that withholds its answers; the others are told whole', async () => {
    const { code, printed, complaint } = await playOn({
      openStage: async () => {
        const stage = await openE2eStage({ platforms: PLATFORM_NAMES })
        stage.feishu.faults.add({ fault: { do: 'hang' }, times: Infinity })
        return stage
      },
      withinMs: { answered: 8_000 },
    })
    expect(complaint).toMatch(/^Feishu: the answer did not arrive whole: nothing of the answer is on screen/)
    expect(complaint).not.toMatch(/^(Discord|Telegram): /m)
    expect(printed).toContain('The whole answer stands on Discord and Telegram.')
    expect(code).toBe(1)
  })

  test('with 1 where a platform shows something else than the answer', async () => {
    const { code, complaint } = await playOn({
      openStage: async () => {
        const stage = await openE2eStage({ platforms: PLATFORM_NAMES })
        // Success is answered, and the screen stays as it was.
        stage.feishu.faults.add({
          fault: { do: 'ignore' },
          operations: ['cardElement.content', 'cardElement.update', 'card.update', 'card.batchUpdate'],
          times: Infinity,
        })
        return stage
      },
      withinMs: { answered: 8_000 },
    })
    expect(complaint).toMatch(/^Feishu: .*this line is not on screen/)
    expect(code).toBe(1)
  })

  test('with 1 where the bridge cannot connect', async () => {
    const { code, complaint } = await playOn({
      openStage: async () => {
        const stage = await openE2eStage({ platforms: PLATFORM_NAMES, started: false })
        stage.discord.faults.gateway.refuse()
        stage.launch()
        return stage
      },
      withinMs: { connected: 6_000, answered: 6_000 },
    })
    expect(complaint).toMatch(/^Discord: .*the bridge is not connected/)
    expect(code).toBe(1)
  })

  test('with 1 where Coze fails, on every platform', async () => {
    const { code, complaint } = await playOn({ text: 'try this !fail 4028' })
    for (const title of ['Discord', 'Telegram', 'Feishu']) {
      expect(complaint).toMatch(new RegExp(`^${title}: .*the chat at Coze ended as "failed"`, 'm'))
    }
    expect(code).toBe(1)
  })

  test('with 1 and the log where the bridge ends', async () => {
    const { code, complaint } = await playOn({
      openStage: () => openStage({ platforms: ['telegram'], env: { BRIDGE_STORE: 'sqlite:/dev/null/x.db' } }),
    })
    expect(complaint).toMatch(/The bridge ended with exit code 1[\s\S]*The store /)
    expect(code).toBe(1)
  })
})

async function playOn(
  options: Partial<Pick<OnceOptions, 'openStage' | 'text' | 'withinMs'>>,
): Promise<{ code: number; printed: string; complaint: string }> {
  let [printed, complaint] = ['', '']
  const code = await playOnce({
    text: 'tell me something',
    json: false,
    openStage: () => openE2eStage({ platforms: PLATFORM_NAMES }),
    output: {
      write: (text) => void (printed += text),
      isTerminal: false,
      widthCells: 120,
      heightLines: 40,
    },
    complain: (text) => void (complaint += text),
    signal: new AbortController().signal,
    ...options,
  })
  return { code, printed, complaint }
}
