// Does somebody without a service app get in with their account, and does the bridge go on with it by itself?

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, type TestContext } from 'vitest'
import { defaults, type CozeEmulatorOptions } from '../../src/emulators/coze/index.ts'
import { bridgeEnv } from '../../src/playground/stage.ts'
import { browse, logInByDevice, renewalsAt, startCli } from '../support/e2e-login.ts'
import { freePort, openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { after, newcomer, say, shows, wholeAnswer } from '../support/e2e-talk.ts'

/** Instead of a token. */
const ACCOUNT = { COZE_API_TOKEN: '', COZE_OAUTH_CLIENT_ID: 'tv' }

interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly oauth?: CozeEmulatorOptions['oauth']
  readonly redirectUri?: string
}

interface Login {
  readonly stage: E2eStage
  readonly env: Readonly<Record<string, string>>
}

/** Nobody has logged in yet, and no bridge runs. */
async function stageFor({ onTestFinished }: TestContext, given: Given = {}): Promise<Login> {
  const own = { ...ACCOUNT, ...given.env }
  const stage = await openE2eStage({
    started: false,
    env: own,
    coze: {
      oauth: { pollEvery: 1, ...given.oauth },
      oauthApps: {
        tv: { type: 'device' },
        spa: { type: 'pkce', redirectUris: [given.redirectUri ?? ''] },
      },
    },
  })
  onTestFinished(() => stage.close())
  const { coze, telegram } = stage
  const env = { ...bridgeEnv({ coze, telegram }, `sqlite:${join(stage.folder, 'bridge.db')}`), ...own }
  return { stage, env }
}

/** No token, and nothing that is as good as one. */
function expectNoSecret(output: string): void {
  expect(output).not.toMatch(/czu_|code_[0-9a-f]{8}|[0-9a-f]{48}/)
}

describe('bridge login', { timeout: 120_000 }, () => {
  test('prints an address and a code; the bridge then answers with that login, renews it, and finds it again', async (context) => {
    // Renewed a minute before its end: fresh for three seconds.
    const { stage, env } = await stageFor(context, { oauth: { accessLasts: 63 } })
    const { code, output } = await logInByDevice(stage.folder, env)
    expect([code, output]).toEqual([0, expect.stringContaining('Logged in as Emulated')])
    expect(output).toMatch(/confirm the code [0-9A-F]{8}:\n\n {2}http/)
    expectNoSecret(output)
    expect((await stat(join(stage.folder, 'bridge.db'))).mode & 0o777).toBe(0o600)

    await stage.start()
    const ann = newcomer(stage)
    await wholeAnswer(stage, say(stage, ann, 'the first with my account'))
    // Nothing shows that a token is about to end: only time tells.
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    await wholeAnswer(stage, say(stage, ann, 'the second, renewed on the way'))
    const renewed = renewalsAt(stage.coze).length
    expect(renewed).toBeGreaterThan(0)

    await stage.bridge.kill()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await stage.start()
    await wholeAnswer(stage, say(stage, ann, 'the third, after a kill'))
    const used = renewalsAt(stage.coze)
    expect(used.length).toBeGreaterThan(renewed)
    expect(new Set(used).size).toBe(used.length)
    const owners = stage.coze.store.requests
      .filter(({ path }) => path === '/v3/chat')
      .map(({ owner }) => owner)
    expect(new Set(owners)).toEqual(new Set([defaults.ownerUid]))
    expectNoSecret(stage.output)
  })

  test('says that it was denied, and that it ran out; both with 1', async (context) => {
    const { stage, env } = await stageFor(context)
    const denied = await logInByDevice(stage.folder, env, 'deny')
    expect([denied.code, denied.output]).toEqual([1, expect.stringContaining('denied in the browser')])
    const late = await stageFor(context, { oauth: { deviceLasts: 2, pollEvery: 1 } })
    const expired = await logInByDevice(late.stage.folder, late.env, 'nothing')
    expect([expired.code, expired.output]).toEqual([
      1,
      expect.stringContaining('Nobody confirmed it in time'),
    ])
  })

  test('with a browser on this machine: who does not know what was agreed is not listened to', async (context) => {
    const port = await freePort()
    const redirectUri = `http://127.0.0.1:${port}/callback`
    const { stage, env } = await stageFor(context, {
      redirectUri,
      env: { COZE_OAUTH_CLIENT_ID: 'spa', COZE_OAUTH_REDIRECT_PORT: String(port), COZE_OAUTH_FLOW: 'pkce' },
    })
    const login = startCli(stage.folder, ['login'], env)
    const address = await login.prints(/(http\S+\/oauth2\/authorize\S+)\s/)
    expect(login.output).toContain(`list ${redirectUri} as a redirect URL`)
    expect((await fetch(`${redirectUri}?code=code_forged&state=guess`)).status).toBe(404)
    expect(await browse(address, 'allow')).toContain('You can close this window')
    expect([await login.ended, login.output]).toEqual([0, expect.stringContaining('Logged in as Emulated')])
    expectNoSecret(login.output.replaceAll(address, ''))
    await stage.start()
    await wholeAnswer(stage, say(stage, newcomer(stage), 'by a browser'))
  })

  test('a no in that browser is a no', async (context) => {
    const port = await freePort()
    const { stage, env } = await stageFor(context, {
      redirectUri: `http://127.0.0.1:${port}/callback`,
      env: { COZE_OAUTH_CLIENT_ID: 'spa', COZE_OAUTH_REDIRECT_PORT: String(port) },
    })
    const login = startCli(stage.folder, ['login', '--browser'], env)
    expect(await browse(await login.prints(/(http\S+\/oauth2\/authorize\S+)\s/), 'deny')).toContain('Denied')
    expect([await login.ended, login.output]).toEqual([1, expect.stringContaining('denied in the browser')])
  })

  test('Ctrl-C ends it with 130, and nothing is kept', async (context) => {
    const { stage, env } = await stageFor(context)
    const login = startCli(stage.folder, ['login'], env)
    await login.prints(/oauth\/device/)
    login.interrupt()
    expect([await login.ended, login.output]).toEqual([130, expect.stringContaining('Nothing was changed')])
  })

  test('a wrong app, a Coze that is not there, a bridge that goes by a token: each is said, and what helps', async (context) => {
    const { stage, env } = await stageFor(context)
    const run = async (more: Readonly<Record<string, string>>) => {
      const login = startCli(stage.folder, ['login'], { ...env, ...more })
      return [await login.ended, login.output] as const
    }
    const [wrong, away, token, memory] = await Promise.all([
      run({ COZE_OAUTH_CLIENT_ID: 'spa', BRIDGE_STORE: `sqlite:${join(stage.folder, 'a.db')}` }),
      run({ COZE_API_BASE: 'http://127.0.0.1:9', BRIDGE_STORE: `sqlite:${join(stage.folder, 'b.db')}` }),
      run({ COZE_API_TOKEN: defaults.token, COZE_OAUTH_CLIENT_ID: '' }),
      run({ BRIDGE_STORE: 'memory:' }),
    ])
    expect(wrong).toEqual([1, expect.stringContaining('coze.auth.clientId')])
    expect(away).toEqual([1, expect.stringContaining('cannot be reached')])
    expect(token).toEqual([2, expect.stringContaining('goes by a token')])
    expect(memory).toEqual([2, expect.stringContaining('store is "memory:"')])
    const zh = await run({ BRIDGE_STORE: 'memory:', LANG: 'zh_CN.UTF-8' })
    expect(zh).toEqual([2, expect.stringContaining('登录信息会立即丢失')])
  })

  test('a login that was taken back: admins hear of it once; beside the running bridge it says what to do; then all is well', async (context) => {
    const { stage, env } = await stageFor(context, { oauth: { accessLasts: 61 } })
    const ann = newcomer(stage)
    const asAdmin = { ...env, BRIDGE_ADMINS: `telegram/user:${ann.id}` }
    expect((await logInByDevice(stage.folder, asAdmin)).code).toBe(0)
    stage.coze.revokeLogins(defaults.ownerUid)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    stage.launch({ BRIDGE_ADMINS: `telegram/user:${ann.id}` })
    const lines = () => stage.telegram.screen(ann.id).filter(({ byBot }) => byBot)
    await until(stage, 'the admin was told', () => lines().some(({ text }) => text.includes('npm run login')))
    const asked = say(stage, ann, 'are you there?')
    await shows(stage, asked, "isn't set up right")
    expect(stage.output).toContain('run `bridge login`')
    expect(
      stage.log.filter(({ message }) => message === 'the login at Coze is over: run `bridge login`'),
    ).not.toEqual([])

    const beside = startCli(stage.folder, ['login'], env)
    expect([await beside.ended, beside.output]).toEqual([
      1,
      expect.stringContaining('Stop the bridge, run `bridge login`'),
    ])

    await stage.bridge.stop()
    expect((await logInByDevice(stage.folder, env)).code).toBe(0)
    await stage.start()
    await wholeAnswer(stage, say(stage, ann, 'and now?'))
    expect(lines().filter(({ text }) => text.includes('npm run login'))).toHaveLength(1)
    expect(after(stage, asked).length).toBeGreaterThan(0)
  })
  test('a token that ends soon: the admin hears of it at the start, and not again after a restart', async (context) => {
    const { stage } = await stageFor(context, {
      env: { COZE_API_TOKEN: defaults.token, COZE_OAUTH_CLIENT_ID: '' },
    })
    const ann = newcomer(stage)
    const inTwoDays = new Date(Date.now() + 2 * 24 * 3_600_000).toISOString()
    const more = { BRIDGE_ADMINS: `telegram/user:${ann.id}`, COZE_API_TOKEN_EXPIRES_AT: inTwoDays }
    const told = () =>
      stage.telegram.screen(ann.id).filter(({ text }) => text.includes('My Coze token ends on'))
    stage.launch(more)
    await until(stage, 'the admin was told', () => told().length > 0)
    expect(told()[0]?.text).toContain('days left: 2')
    await stage.bridge.stop()
    stage.launch(more)
    await until(stage, 'the second has looked', () =>
      stage.bridge.output.includes('the Coze token ends soon'),
    )
    await wholeAnswer(stage, say(stage, ann, 'and you answer?'))
    expect(told()).toHaveLength(1)
  })
})
