// Does what is written read back as what was meant, and is nothing of the owner's lost?
import { parseEnv } from 'node:util'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { load } from '../../../test/support/config-world.ts'
import { readCliWords, CLI_LOCALES } from '../cli-words.ts'
import type { Answers } from './answers.ts'
import { envText, variablesOf, yamlText } from './compose.ts'
import { fromText } from './entries.ts'
import { putFiles } from './files.ts'

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/)
/** What tokens, keys and addresses are made of, and more; one kind of quotes must be left to quote with. */
const value = fc
  .string({ unit: fc.constantFrom(...Array.from('aZ09_-.:/@+=#$%&!? \'"`\\')), minLength: 1, maxLength: 40 })
  .map((text) => text.trim())
  .filter((text) => text !== '' && ["'", '`'].some((quote) => !text.includes(quote)))

test('every variable reads back as it was, beside those that were there', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.dictionary(name, value), (before, set) => {
      const first = envText('# mine\n', Object.entries(before), 'first')
      const second = envText(first, Object.entries(set), 'second')
      expect(parseEnv(second)).toEqual({ ...before, ...set })
      expect(second.startsWith('# mine\n')).toBe(true)
    }),
  )
})

test('a key with line breaks reads back as one', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIE+/=\n-----END PRIVATE KEY-----'
  expect(parseEnv(envText('', [['KEY', pem]], 'x'))).toEqual({ KEY: pem })
})

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE+/=\nTOKEN=\n-----END PRIVATE KEY-----'

test.each(['"', "'", '`'])('a value of several lines between %s is replaced whole', (quote) => {
  const before = `# it's mine\nA=1\nexport KEY = ${quote}${PEM}${quote} # old\nTOKEN=old\nB=2\n`
  const after = envText(before, Object.entries({ KEY: 'new', TOKEN: 't' }), 'x')
  expect(after).toBe("# it's mine\nA=1\nKEY=new\nTOKEN=t\nB=2\n")
})

test('a value of several lines that is not asked for stays as it is, whatever stands in its lines', () => {
  const before = `KEY="${PEM}"\n\nOPEN="no end\nTOKEN=old\n`
  const after = envText(before, Object.entries({ TOKEN: 't' }), 'x')
  expect(after).toBe(before.replace('=old', '=t'))
  expect(parseEnv(after)).toEqual({ KEY: PEM, OPEN: '"no end', TOKEN: 't' })
})

test('a variable that was there twice is there once, with its new value', () => {
  expect(envText('A=1\nB=2\nA=3\n', [['A', 'new']], 'x')).toBe('A=new\nB=2\n')
})

const ANSWERS: Answers = {
  locale: 'en',
  coze: {
    apiBase: 'https://api.coze.cn',
    flavor: 'cloud',
    auth: { kind: 'token', token: 'pat_1' },
    expiresAt: '2026-12-31',
  },
  agent: { bot: '73', name: 'A "name"\n# with: everything' },
  platforms: [
    { kind: 'telegram', token: '42:AAAAAAAAAAAAAAAAAAAAAAAAA' },
    { kind: 'discord', token: 'a.b.cccccccccccccccccccccccc' },
    { kind: 'feishu', appId: 'cli_0123456789abcdef', appSecret: 'hush', domain: 'lark' },
  ],
  access: { direct: 'closed', allow: ['telegram/user:42'], admins: ['user:7'] },
  store: 'redis://:pa%20ss@host.internal:6379/0',
}

test.each(CLI_LOCALES)('the file says what was answered, in %s, and no secret', async (locale) => {
  const answers = { ...ANSWERS, locale }
  const yaml = yamlText(answers, await readCliWords(locale), undefined)
  const env = Object.fromEntries(variablesOf(answers))
  const config = await load({ yaml, env })
  expect(config).toMatchObject({
    coze: { auth: { kind: 'token', token: 'pat_1', endsAtMs: Date.UTC(2027, 0, 1) } },
    platforms: { telegram: {}, discord: {}, feishu: { appSecret: 'hush' } },
    policy: { agents: { default: { bot: '73' } }, access: answers.access, locale },
    store: answers.store,
  })
  for (const secret of Object.values(env)) expect(yaml).not.toContain(secret)
})

test.each(['sqlite:./data/bridge.db', ANSWERS.store])(
  'the store that was chosen is used: %s',
  async (store) => {
    const answers = { ...ANSWERS, store }
    const yaml = yamlText(answers, await readCliWords('en'), undefined)
    const before = '# BRIDGE_STORE=memory:\nBRIDGE_STORE=sqlite:./old.db\n'
    const env = Object.entries(parseEnv(envText(before, variablesOf(answers), 'x')))
    expect(
      (await load({ yaml, env: Object.fromEntries(env.map(([name, value = '']) => [name, value])) })).store,
    ).toBe(store)
    // Where it was not set, the file alone says it.
    expect(parseEnv(envText('', variablesOf(answers), 'x'))).not.toHaveProperty('BRIDGE_STORE')
  },
)

test.each([
  [{ kind: 'oauth', clientId: '1', flow: 'pkce', redirectPort: 8_789, clientSecret: 'hush', workspace: '7' }],
  [{ kind: 'oauth', clientId: '1', flow: 'device', redirectPort: 8_789 }],
] as const)('a login of one’s own reads back: %o', async (auth) => {
  const answers = { ...ANSWERS, coze: { ...ANSWERS.coze, auth } }
  const yaml = yamlText(answers, await readCliWords('en'), './bridge.schema.json')
  expect((await load({ yaml, env: Object.fromEntries(variablesOf(answers)) })).coze.auth).toEqual(auth)
})

test('files come all at once, copies stay, and a failure changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, '.env'), 'OLD=1\n', { mode: 0o644 })
  const files = [
    { path: '.env', text: 'NEW=1\n', mode: 0o600 },
    { path: 'config/bridge.yaml', text: 'a: 1\n', mode: 0o644 },
  ]
  const inTheWay = [...files, { path: '.env/impossible', text: '', mode: 0o600 }]
  await expect(putFiles(folder, inTheWay, 'now')).rejects.toThrow()
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe('OLD=1\n')
  expect((await readdir(folder)).toSorted()).toEqual(['.env', 'config'])
  expect(await putFiles(folder, files, 'now')).toEqual(['.env.now.bak'])
  expect(await readFile(join(folder, '.env.now.bak'), 'utf8')).toBe('OLD=1\n')
  for (const path of ['.env', '.env.now.bak'])
    expect((await stat(join(folder, path))).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'config'))).toEqual(['bridge.yaml'])
})

test.each([
  ['telegram/user:42, discord/role:7', ['telegram/user:42', 'discord/role:7']],
  ['user:1，chat:oc_2、role:x', ['user:1', 'chat:oc_2', 'role:x']],
  ['', []],
  ['somebody', undefined],
])('"%s" means %o', (typed, entries) => {
  expect(fromText(typed)).toEqual(entries)
})
