// Does `bridge commands` tell the truth about what the platforms show, and change it, while a bridge runs?

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bridgeEnv } from '../../src/playground/stage.ts'
import { GENEROUS_MS, openE2eStage, until, yamlOf, type E2eStage } from '../support/e2e-stage.ts'

type Stage = E2eStage<'telegram' | 'discord' | 'feishu'>

const PLATFORMS = `telegram: { token: "\${env:TELEGRAM_BOT_TOKEN}", apiRoot: "\${env:TELEGRAM_API_ROOT}" }
  discord: { token: "\${env:DISCORD_TOKEN}", apiBase: "\${env:DISCORD_API_BASE}" }
  feishu: { appId: "\${env:FEISHU_APP_ID}", appSecret: "\${env:FEISHU_APP_SECRET}", domain: "\${env:FEISHU_DOMAIN}" }`
const WEATHER = `commands:
  weather:
    workflow: "7400000000000000001"
    description: { en: "Say what the weather is", zh-CN: "看看天气" }
    options:
      - { name: city, type: string, required: true, description: { en: "Where" } }
      - { name: days, type: integer, description: { en: "How many" } }
`
const OURS = ['start', 'help', 'new', 'stop', 'again', 'agent', 'status', 'whoami', 'forget', 'weather']

interface Ended {
  readonly code: number
  readonly out: string
  readonly errors: string
}

/** `bridge commands …` as a process of its own, beside the bridge of the stage. */
async function commands(
  stage: Stage,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(COZE|TELEGRAM|DISCORD|FEISHU|BRIDGE)_/.test(name),
  )
  const options = {
    cwd: stage.folder,
    env: {
      ...Object.fromEntries(own),
      ...bridgeEnv(stage, `sqlite:${join(stage.folder, 'bridge.db')}`),
      ...env,
    },
    timeout: GENEROUS_MS,
  }
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, 'commands', ...args], options, (_, out, errors) =>
      resolve({ code: child.exitCode ?? 128, out, errors }),
    )
  })
}

interface Fact {
  readonly kind: string
  readonly platform?: string
  readonly where?: string
  readonly command?: string
  readonly state?: string
}
function factsOf({ out }: Ended): readonly Fact[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fact)
}
/** What stands on one platform, each command once. */
function standing(ended: Ended, platform: string, state: string): readonly string[] {
  const entries = factsOf(ended).filter((fact) => fact.platform === platform && fact.state === state)
  return [...new Set(entries.flatMap(({ command }) => command ?? []))]
}

describe('bridge commands', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openE2eStage({
      platforms: ['telegram', 'discord', 'feishu'],
      yaml: yamlOf(WEATHER, PLATFORMS),
    })
    await until(stage, 'the bridge has published its menu', () => telegramNames(stage).includes('weather'))
  })
  afterAll(() => stage.close())

  test('publishes every command everywhere, and shows its usage and where it stands', async () => {
    const { code, out, errors } = await commands(stage, ['--publish'])
    expect([code, errors]).toEqual([0, ''])
    expect(out).toMatch(
      /\/weather <city> \[days\] +Say what the weather is +\(workflow 7400000000000000001\)/,
    )
    expect(out).toMatch(/\/help +See what I can do +\(built-in\)/)
    expect(out).toMatch(/feishu: published\n {2}everywhere\n {4}✓ published: /)
    const json = await commands(stage, ['--json'])
    for (const platform of ['telegram', 'discord', 'feishu']) {
      expect(standing(json, platform, 'published').toSorted()).toEqual(OURS.toSorted())
      expect(standing(json, platform, 'missing')).toEqual([])
      expect(standing(json, platform, 'differs')).toEqual([])
    }
  })

  test('removes them everywhere, and publishes them again on one platform alone', async () => {
    const removed = await commands(stage, ['--remove', '--json'])
    expect([removed.code, telegramNames(stage)]).toEqual([0, []])
    for (const platform of ['telegram', 'discord', 'feishu']) {
      expect(standing(removed, platform, 'missing')).toEqual(OURS)
    }
    const published = await commands(stage, ['--publish', '--platform', 'telegram'])
    expect(published.code).toBe(0)
    expect(published.out).toContain('telegram: published')
    expect(published.out).not.toContain('discord')
    expect(telegramNames(stage).toSorted()).toEqual(OURS.toSorted())
    expect(standing(await commands(stage, ['--json']), 'discord', 'missing')).toEqual(OURS)
  })

  test('tells what others changed: other words, a command that is not ours, one that is missing', async () => {
    const list = [
      { command: 'help', description: 'Old words' },
      { command: 'oldie', description: 'A relic' },
    ]
    for (const language_code of [undefined, 'en', 'zh']) {
      await fetch(`${stage.telegram.url}/bot${stage.telegram.token}/setMyCommands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ commands: list, language_code }),
      })
    }
    const { code, out } = await commands(stage, ['--platform', 'telegram'])
    expect(code).toBe(0)
    expect(out).toContain('! differs: /help, shown as “Old words”')
    expect(out).toContain('? foreign: /oldie, “A relic”')
    expect(out).toContain('✗ missing: /start /new')
  })

  test('a wrong token and a platform that is down are told in a sentence each; the others are still shown', async () => {
    const { code, out, errors } = await commands(stage, [], {
      TELEGRAM_BOT_TOKEN: '1:wrong-token-of-nobody',
      DISCORD_API_BASE: 'http://127.0.0.1:9/api',
    })
    expect([code, errors]).toEqual([1, ''])
    expect(out).toMatch(/telegram\n {2}✗ it refuses this token/)
    expect(out).toMatch(/discord\n {2}✗ it cannot be reached/)
    expect(out).toMatch(/feishu\n {2}(everywhere\n {4}✓ published|✗ missing): /)
    expect(out).not.toContain('wrong-token-of-nobody')
    expect(out).not.toMatch(/^ +at /m)
  })

  test('an account that is not configured, and a faulty configuration, are refused before anything is asked', async () => {
    const unknown = await commands(stage, ['--platform', 'slack'])
    expect([unknown.code, unknown.out]).toEqual([1, ''])
    expect(unknown.errors).toContain('There is no platform "slack"')
    const faulty = await commands(stage, ['--publish'], { DISCORD_TOKEN: '' })
    expect([faulty.code, faulty.out]).toEqual([2, ''])
    expect(faulty.errors).toContain('DISCORD_TOKEN')
  })

  test('explains itself', async () => {
    const { code, out } = await commands(stage, ['--help'])
    expect(code).toBe(0)
    for (const option of ['--publish', '--remove', '--platform', '--json']) expect(out).toContain(option)
  })
})

/** What everybody sees, in the list of no language. */
function telegramNames(stage: Stage): readonly string[] {
  const list = stage.telegram.store.commandLists.find(
    ({ scope, language }) => scope['type'] === 'default' && language === '',
  )
  return list?.commands.map(({ command }) => command) ?? []
}
