// Is the log readable for machines and people, and clean of secrets however they are dressed?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssistantError, PlatformError } from './contract/errors.ts'
import { createLogger, type LoudEntry } from './logging.ts'
import { createScrubber } from './scrub.ts'

const TOKEN = '123456:AAF-very_secret-token_of_a_bot'

function open(options: { pretty?: boolean; secrets?: readonly string[]; level?: 'info' | 'debug' } = {}) {
  const lines: string[] = []
  const { pretty = false, secrets = [TOKEN], level = 'debug' } = options
  const log = createLogger({ level, pretty, secrets, write: (line) => lines.push(line) })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

test('writes one JSON object a line, with time, level and the fields of all parents', () => {
  const { log, lines, last } = open()
  log.child({ account: 'telegram' }).child({ turn: 't1' }).info({ parts: 2 }, 'delivered')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.endsWith('}\n')).toBe(true)
  expect(last()).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    level: 'info',
    account: 'telegram',
    turn: 't1',
    parts: 2,
    message: 'delivered',
  })
})

test('keeps quiet below its level', () => {
  const { log, lines } = open({ level: 'info' })
  log.debug({}, 'no')
  expect(lines).toEqual([])
})

test('tells kind, code, logid and cause of an error', () => {
  const { log, last } = open()
  const cause = Object.assign(new Error('socket'), {
    code: 'ECONNRESET',
    request: { text: 'what a person wrote' },
  })
  log.error(
    {},
    'failed',
    new PlatformError('telegram', 'rate-limited', 'edit: 429', { retryAfterMs: 3, cause }),
  )
  expect(last()['error']).toMatchObject({
    name: 'PlatformError',
    kind: 'rate-limited',
    retryAfterMs: 3,
    stack: expect.stringContaining('at ') as string,
    cause: { code: 'ECONNRESET' },
  })
  expect(JSON.stringify(last())).not.toContain('what a person wrote')
  log.warn(
    {},
    'asked',
    new AssistantError({ kind: 'quota', detail: 'chat: 4028', code: 4028, logid: 'L1', outcome: 'not-sent' }),
  )
  expect(last()['error']).toMatchObject({ kind: 'quota', code: 4028, logid: 'L1', message: 'chat: 4028' })
})

test.each([false, true])(
  'no secret gets through in a message, a field, an error or its cause (pretty: %s)',
  (pretty) => {
    const { log, lines } = open({ pretty })
    const url = `https://api.telegram.org/bot${TOKEN}/sendMessage`
    log.info({ url }, `called ${url}`)
    log.error({ at: encodeURIComponent(TOKEN) }, 'failed', new Error(url, { cause: new Error(TOKEN) }))
    log.child({ bound: TOKEN }).warn({}, 'odd', TOKEN)
    const all = lines.join('')
    expect(all).toContain('[secret]')
    expect(all).not.toContain('very_secret')
  },
)

test('a bot token nobody configured is masked by its place in the path', () => {
  const { log, lines } = open({ secrets: [] })
  log.info({}, 'https://api.telegram.org/bot99:ABC-def/getMe and https://x/file/bot99%3AABC-def/a.jpg')
  expect(lines.join('')).not.toContain('ABC-def')
})

test('whatever the secret, no line of the log holds it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
      const scrub = createScrubber([secret])
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
        expect(scrub(`${before}${form}${after}`)).toContain('[secret]')
      }
      const { log, lines } = open({ secrets: [secret] })
      log.info({ field: secret }, secret)
      const { field, message } = JSON.parse(lines.join('')) as Record<string, string>
      expect([field, message]).toEqual(['[secret]', '[secret]'])
    }),
  )
})

test('each line of a private key is a secret of its own', () => {
  const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDWx'
  const scrub = createScrubber([`-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----`])
  expect(scrub(`cannot read ${line}`)).toBe('cannot read [secret]')
})

test('colours are for terminals that show them, and the fields of a line stand in one column', () => {
  const lines: string[] = []
  const log = createLogger({
    level: 'info',
    pretty: true,
    colour: true,
    secrets: [],
    write: (l) => lines.push(l),
  })
  log.child({ turn: 't1' }).error({ account: 'telegram' }, 'broken')
  expect(lines[0]).toContain('\u001b[31merror\u001b[0m')
  const bare = lines.join('').replace(ANSI, '')
  expect(bare).toMatch(/^\d\d:\d\d:\d\d\.\d{3} error broken {39}account=telegram turn=t1\n$/)
})
// eslint would rather not see a control character in a pattern.
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')

test('whoever listens hears what goes wrong, below the level too, with the fields of all parents', () => {
  const heard: LoudEntry[] = []
  const log = createLogger({
    level: 'silent',
    pretty: false,
    secrets: [],
    write: () => {},
    hear: (e) => heard.push(e),
  })
  log.info({}, 'no')
  log.child({ turn: 't1' }).warn({ kind: 'quota' }, 'the assistant failed')
  expect(heard).toEqual([
    {
      level: 'warn',
      message: 'the assistant failed',
      fields: { turn: 't1', kind: 'quota' },
      error: undefined,
    },
  ])
})

test('in a terminal a line is one line, with time, level, words and fields', () => {
  const { log, lines } = open({ pretty: true })
  log.warn(
    { account: 'telegram' },
    'flood wait',
    new PlatformError('telegram', 'gone', 'edit\n400', { code: 400 }),
  )
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} warn {2}flood wait {35}account=telegram \| PlatformError: telegram: edit 400 \(kind=gone code=400 .*\)\n$/,
  )
})
