// Do all secrets of a full configuration stay out of log, numbers, journal, chats and questions, wherever they turn up?
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaults, type Script } from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { openE2eStage, until, yamlOf, type E2eStage } from '../support/e2e-stage.ts'
import { ask, guestAt, repliesTo, type Asked } from '../support/e2e-people.ts'
import { after, chatsAbout, newcomer, say, shows } from '../support/e2e-talk.ts'

const COZE = 'pat_8Xk2mQ7vB4nR1tY6wZ0pL3'
const ADMIN = 'kJ2mP9xQ4rT7wZ1c.admin/token'
const TOOL = 'tool-sign+key/Zx81-Qw'
const BEARER = 'bearer-of-a-tool-77aa88bb'
const VERIFICATION = 'verify-5f3e2d1c0b9a'
const ENCRYPT = 'encrypt-0a1b2c3d4e5f'
const WEBHOOK = 'webhook-secret-of-Telegram-9'
const REDIS = 'r3d!s p@ss/word'
const OURS = [COZE, ADMIN, TOOL, BEARER, VERIFICATION, ENCRYPT, WEBHOOK]

const PLATFORMS = `
  telegram: { token: "\${env:TELEGRAM_BOT_TOKEN}", apiRoot: "\${env:TELEGRAM_API_ROOT}", webhook: { publicUrl: "https://example.org", secret: "${WEBHOOK}" } }
  discord: { token: "\${env:DISCORD_TOKEN}", apiBase: "\${env:DISCORD_API_BASE}" }
  feishu: { appId: "\${env:FEISHU_APP_ID}", appSecret: "\${env:FEISHU_APP_SECRET}", domain: "\${env:FEISHU_DOMAIN}", verificationToken: "${VERIFICATION}", encryptKey: "${ENCRYPT}" }`
const MORE = `server: { adminToken: "${ADMIN}" }
log: { level: debug }
tools:
  lookup_order: { url: "http://127.0.0.1:1/", secret: "${TOOL}", headers: { Authorization: "Bearer ${BEARER}" } }
`

type Full = E2eStage<PlatformName>

/** Filled in by `beforeAll`: the emulators' tokens are known then. */
const secrets = [...OURS]

const script: Script = ({ query }) => {
  if (query.includes('begin')) {
    return [{ say: 'So begins a long answer' }, { gate: 'on' }, { say: ' and its end.' }]
  }
  if (!query.includes('tell me')) return [{ say: 'one two three four five six seven eight nine ten eleven' }]
  return [
    { reason: `I know ${secrets.join(' and ')}` },
    ...secrets.map((secret, i) => ({
      say: `${i}: ${writingsOf(secret).join(' , ')} .\n\n`,
      charsPerDelta: 1 + (i % 7),
      deltaMs: 1,
    })),
    { say: 'That was all of them.' },
    { followUps: secrets.slice(0, 3).map((secret) => `Is it ${secret}?`) },
  ]
}

async function openFullStage(): Promise<Full> {
  const stage: Full = await openE2eStage<PlatformName>({
    platforms: PLATFORM_NAMES,
    yaml: yamlOf(MORE, PLATFORMS),
    env: { COZE_API_TOKEN: COZE },
    coze: {
      tokens: { [COZE]: { ownerUid: defaults.ownerUid } },
      bots: { [defaults.botId]: { script } },
    },
    started: false,
  })
  secrets.push(...stage.seats.flatMap((seat) => seat.secrets()))
  await stage.start()
  return stage
}

/** As it is, and as it would stand in an address, in JSON, behind Basic. */
function writingsOf(secret: string): readonly string[] {
  const basic = ['', 'a', 'ab'].map((id) => Buffer.from(`${id}:${secret}`).toString('base64'))
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...basic])]
}

/** What gives a secret away: of base64, its inner part. */
function leaksIn(where: string, text: string, looked: readonly string[]): readonly string[] {
  return looked.flatMap((secret) =>
    writingsOf(secret)
      .map((writing, i) => (i > 0 && /^[\w+/]+=*$/.test(writing) ? writing.slice(4, -4) : writing))
      .flatMap((writing) => (text.includes(writing) ? [`${where}: ${writing}`] : [])),
  )
}

async function metricsOf(stage: Full): Promise<string> {
  const address = String(stage.log.findLast(({ message }) => message === 'ready')?.['address'])
  const response = await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${ADMIN}` } })
  expect(response.status).toBe(200)
  return (await response.text()) + (await (await fetch(`${address}/readyz`)).text())
}

/** Everywhere but where they belong: in the calls themselves. */
async function expectNone(stage: Full, numbers: string): Promise<void> {
  const files = readdirSync(stage.folder).filter((file) => file.startsWith('bridge.db'))
  expect(files.length).toBeGreaterThan(0)
  const shown = stage.telegram.store.frames.filter(({ byBot }) => byBot)
  expect([
    ...leaksIn('log', stage.output, secrets),
    ...leaksIn('numbers', numbers, secrets),
    ...leaksIn('telegram', JSON.stringify(shown), secrets),
    ...stage.seats.flatMap((seat) => leaksIn(seat.platform, botLinesOf(seat.picture()), secrets)),
    ...leaksIn(
      'coze',
      JSON.stringify([...stage.coze.store.chats.values()].map(({ query }) => query)),
      secrets,
    ),
    ...files.flatMap((file) =>
      leaksIn(file, readFileSync(join(stage.folder, file)).toString('latin1'), secrets),
    ),
  ]).toEqual([])
}

/** What people wrote themselves, and call themselves, stands on their screens as they wrote it. */
function botLinesOf(picture: string): string {
  return picture
    .split('\n')
    .filter((line) => !/asked with|Eve /.test(line))
    .join('\n')
}

describe('no secret of the configuration', () => {
  let stage: Full
  beforeAll(async () => {
    stage = await openFullStage()
  })
  afterAll(() => stage.close())

  test('comes out of an answer, in whatever form and however it is cut', async () => {
    const asked = PLATFORM_NAMES.map((platform) => ask(guestAt(stage, platform), `tell me on ${platform}`))
    const textOf = (one: Asked) =>
      repliesTo(one)
        .map(({ text }) => text)
        .join('\n')
    await until(stage, 'all is told', () =>
      asked.every((one) => textOf(one).includes('That was all of them')),
    )
    for (const one of asked) {
      expect(textOf(one)).toContain('[secret]')
      const frames = one.guest.frames.map(({ text }) => text).join('\n')
      expect(leaksIn(one.guest.platform, `${textOf(one)}\n${frames}`, secrets)).toEqual([])
    }
    await expectNone(stage, await metricsOf(stage))
  })

  test('comes with an error of Coze or of a platform', async () => {
    const all = secrets.flatMap(writingsOf).join(' ')
    stage.coze.faults.next('/v3/chat', { status: 401, code: 700012006, msg: `bad token ${all}` })
    stage.telegram.faults.add({
      fault: { do: 'error', code: 400, description: `Bad Request: ${all}` },
      methods: ['sendMessage'],
    })
    const ann = newcomer(stage)
    const failed = say(stage, ann, 'this will fail')
    await until(stage, 'the failure is told', () => after(stage, failed).length > 0)
    await shows(stage, say(stage, ann, 'once more'), 'eleven')
    expect(stage.output).toContain('bad token')
    await expectNone(stage, await metricsOf(stage))
  })

  test("of what people write, is in the journal, in the log or in Coze's hands", async () => {
    const all = secrets.join(' , ')
    const eve = newcomer(stage, `Eve ${COZE}`)
    const question = say(stage, eve, `asked with: begin ${all}`, {
      document: { name: `${WEBHOOK}.pdf`, bytes: new TextEncoder().encode('%PDF-1.4\n%%EOF') },
    })
    const others = PLATFORM_NAMES.filter((name) => name !== 'telegram').map((platform) =>
      ask(guestAt(stage, platform), `asked with: begin ${all}`),
    )
    const begun = (one: Asked, text: string) => repliesTo(one).some((shown) => shown.text.includes(text))
    await shows(stage, question, 'So begins')
    await until(stage, 'the others are answered in part', () =>
      others.every((one) => begun(one, 'So begins')),
    )
    const numbers = await metricsOf(stage)
    // Killed in the middle: what is under way stands in the journal.
    await stage.bridge.kill()
    await expectNone(stage, numbers)
    await stage.start()
    stage.coze.release('on')
    await shows(stage, question, 'and its end')
    await until(stage, 'the others end', () => others.every((one) => begun(one, 'and its end')))
    await expectNone(stage, await metricsOf(stage))
    expect(chatsAbout(stage, 'begin [secret]')).toHaveLength(3)
  })
})

test('a store that cannot be reached is told without its password', async (context) => {
  const stage = await openE2eStage({ started: false })
  context.onTestFinished(() => stage.close())
  stage.launch({ BRIDGE_STORE: `redis://me:${encodeURIComponent(REDIS)}@127.0.0.1:1/0`, LOG_LEVEL: 'debug' })
  await until(
    stage,
    'it gives up, or says so',
    () => stage.bridge.exitCode !== undefined || stage.output !== '',
  )
  await until(stage, 'it gives up', () => stage.bridge.exitCode !== undefined)
  expect(stage.output).not.toBe('')
  expect(leaksIn('output', stage.output, [REDIS])).toEqual([])
})
