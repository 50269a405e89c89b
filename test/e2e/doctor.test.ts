// `bridge doctor`: finds what was set up wrongly and says where it is mended; finds nothing where all is well; disturbs nobody.

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBridgeProcess } from '../../src/playground/stage.ts'
import { WARDS, type Plant } from '../support/doctor-plants.ts'
import { openWard, visit, type Diagnosis, type Visit, type Ward } from '../support/e2e-doctor.ts'
import { freePort, GENEROUS_MS } from '../support/e2e-stage.ts'

describe.each(WARDS)('with $name', ({ options, plant, plants }) => {
  let ward: Ward
  let seen: Visit
  let uproot: (() => Promise<void>) | undefined

  beforeAll(async () => {
    ward = await openWard(await options())
    uproot = await plant?.(ward)
    seen = await visit(ward)
  })
  afterAll(async () => {
    await uproot?.()
    await ward.close()
  })

  test.each(plants)('finds $name, and says where it is mended', (planted) => {
    const found = seen.findings.find((finding) => isOf(planted, finding))
    expect(
      found,
      JSON.stringify(
        seen.findings.filter(({ verdict }) => verdict !== 'ok'),
        null,
        1,
      ),
    ).toBeDefined()
    expect(found?.remedy).toMatch(planted.remedy)
  })

  test('exits 1, and finds no fault or warning that was not planted', () => {
    expect(seen.code).toBe(1)
    const wrong = seen.findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning')
    const stray = wrong.filter((finding) => !plants.some((planted) => isOf(planted, finding)))
    expect(stray.filter((finding) => !isDue(finding))).toEqual([])
  })
})

function isOf({ about, subject, verdict, reason }: Plant, finding: Diagnosis): boolean {
  const isSubject = typeof subject === 'string' ? finding.subject === subject : subject.test(finding.subject)
  return (
    finding.about === about &&
    isSubject &&
    finding.verdict === verdict &&
    (reason?.test(finding.reason) ?? true)
  )
}

/** No server is there on a ward that is about something else; what another fault brings with it. */
function isDue({ subject }: Diagnosis): boolean {
  return subject === 'discord servers' || subject === 'configuration'
}

describe('where all is well', () => {
  let ward: Ward
  beforeAll(async () => {
    ward = await openWard({ env: { BRIDGE_PORT: String(await freePort()), BRIDGE_HOST: '127.0.0.1' } })
    ward.discord.guild({ members: [ward.discord.person({ name: 'Bob' })] })
  })
  afterAll(() => ward.close())

  test('there is no fault and no warning, not even for --strict', async () => {
    const { code, findings } = await visit(ward, ['--json', '--strict'])
    expect(findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning')).toEqual([])
    expect(new Set(findings.map(({ about }) => about))).toEqual(
      new Set(['coze', 'discord', 'telegram', 'feishu', 'machine']),
    )
    expect(code).toBe(0)
    // It leaves no trace: the store is made by the first start.
    expect(await readdir(ward.folder)).toEqual(['.env'])
  })

  test('people read groups, and one line at the end; without a terminal there is no colour and no progress', async () => {
    const { code, stdout, stderr } = await visit(ward, [])
    expect(code).toBe(0)
    for (const head of ['Coze  http://', 'discord\n', 'telegram\n', 'feishu\n', 'This machine\n']) {
      expect(stdout).toContain(head)
    }
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Nothing is wrong, .*\d+ things are fine\.$/)
    expect(`${stdout}${stderr}`).not.toContain('\u001b')
    expect(stderr).toBe('')
  })

  test('beside a running bridge: it disturbs nothing, and is told of it', async () => {
    const { telegram, discord, feishu, coze } = ward
    const bridge = startBridgeProcess({ folder: ward.folder, env: ward.env })
    try {
      const isUp = (): boolean =>
        telegram.store.isPolled &&
        discord.store.isReady &&
        feishu.store.isConnected &&
        bridge.output.includes('"ready"')
      await until(isUp, () => bridge.output)
      const polls = (): number =>
        telegram.store.calls.filter(({ method }) => /^getupdates$/i.test(method)).length
      const before = { polls: polls(), identifies: discord.store.identifies }
      const { code, findings } = await visit(ward)
      expect(findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning')).toEqual([])
      expect(code).toBe(0)
      const reasonOf = (subject: string): string | undefined =>
        findings.find((finding) => finding.subject === subject)?.reason
      expect(reasonOf('store')).toContain('in use by a bridge that runs now')
      expect(reasonOf('server')).toContain('a bridge answers at')
      const ann = telegram.person({ firstName: 'Ann' })
      const chat = telegram.privateChat(ann)
      telegram.say(ann, chat, 'still there?')
      await until(
        () => telegram.screen(chat).length > 1,
        () => bridge.output,
      )
      expect(telegram.store.calls.filter(({ status }) => status === 409)).toEqual([])
      expect(polls()).toBeGreaterThan(before.polls)
      expect(discord.store.identifies).toBe(before.identifies)
      expect([discord.store.isReady, feishu.store.isConnected]).toEqual([true, true])
      // Not one question was asked of an agent by the visit.
      expect(coze.store.counts.chats).toBe(1)
    } finally {
      await bridge.stop()
    }
  })
})

describe('for scripts', () => {
  test('warnings are no fault, unless they are asked to be', async ({ onTestFinished }) => {
    const ward = await openWard({ env: { BRIDGE_STORE: 'memory:' } })
    onTestFinished(() => ward.close())
    expect((await visit(ward)).code).toBe(0)
    expect((await visit(ward, ['--json', '--strict'])).code).toBe(1)
  })

  test('a login that nobody made is one fault, and no store is made to look for it', async ({
    onTestFinished,
  }) => {
    const ward = await openWard({ env: { COZE_API_TOKEN: '', COZE_OAUTH_CLIENT_ID: '123.app.coze' } })
    onTestFinished(() => ward.close())
    const { findings, code } = await visit(ward)
    expect(findings.filter(({ about }) => about === 'coze')).toMatchObject([
      {
        verdict: 'fault',
        subject: 'Coze login',
        remedy: expect.stringContaining('coze-bridge login') as string,
      },
    ])
    expect(code).toBe(1)
    expect(await readdir(ward.folder)).toEqual(['.env'])
  })

  test('a configuration that cannot be read is exit code 2, with each of its faults', async ({
    onTestFinished,
  }) => {
    const ward = await openWard({ yaml: 'coze: { apiBase: nonsense }\nagents: {}\n' })
    onTestFinished(() => ward.close())
    const { code, findings } = await visit(ward)
    expect(code).toBe(2)
    expect(findings.length).toBeGreaterThan(1)
    expect(findings[0]?.subject).toMatch(/^configuration /)
    await writeFile(join(ward.folder, 'config', 'bridge.yaml'), 'a: [')
    const words = await visit(ward, [])
    expect([words.code, words.stdout]).toEqual([2, ''])
    expect(words.stderr).toContain('bridge.yaml')
  })
})

async function until(holds: () => boolean, picture: () => string): Promise<void> {
  const deadlineMs = performance.now() + GENEROUS_MS
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`In vain.\n${picture().slice(-3_000)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
