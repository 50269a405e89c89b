// What of an answer is fetched and attached, and what is never fetched, whoever asks for it?

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test, type TestContext } from 'vitest'
import { makePng } from '../../src/emulators/common/png.ts'
import { sha256Of } from '../../src/emulators/common/bytes.ts'
import { defaults } from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { handsAt, mediaStage, seesWords, wordsSeen } from '../support/e2e-media.ts'
import { until } from '../support/e2e-stage.ts'

const PICTURE = makePng({ widthPx: 64, heightPx: 48, seed: 3 })

describe.concurrent('an address in an answer', () => {
  test('that leads into the owner’s own network is never called, and stays a link', async (context) => {
    const inside = await listener(context)
    const outside = await listener(context, `http://127.0.0.1:${inside.port}/after-a-redirect.png`)
    const stage = await mediaStage(context, {
      more: `media: { allowHosts: ["127.0.0.1:${outside.port}"] }`,
    })
    const { port } = inside
    const hostile = [
      `http://127.0.0.1:${port}/plain.png`,
      `http://localhost:${port}/named.png`,
      `http://[::1]:${port}/six.png`,
      `http://[::ffff:127.0.0.1]:${port}/mapped.png`,
      `http://2130706433:${port}/number.png`,
      `http://0x7f.1:${port}/hexadecimal.png`,
      `http://0:${port}/zero.png`,
      `http://user:secret@127.0.0.1:${port}/person.png`,
      // Allowed, but it sends on to where nobody may go.
      `http://127.0.0.1:${outside.port}/begin.png`,
    ]
    const picture = { mimeType: 'image/png', bytes: PICTURE }
    const known = stage.coze.serveFile({ ...picture, name: 'known.png' })
    const gone = stage.coze.serveFile({ ...picture, name: 'gone.png', expiresInMs: -60_000 })
    const links = [...hostile, gone]
    const lines = [...links, known].map((url, n) => `Picture ${n}: ![number ${n}](${url})`)
    stage.coze.setScript(defaults.botId, () => [{ say: `${lines.join('\n\n')}\n\nThat is all.` }])
    const people = PLATFORM_NAMES.map((platform) => handsAt(stage, platform))
    for (const hands of people) hands.say('show me everything')
    const sha256 = await sha256Of(PICTURE)
    for (const hands of people) {
      await seesWords(stage, hands, 'That is all.')
      await until(stage, `the one good picture on ${hands.platform}`, () =>
        hands.media().some((media) => media.sha256 === sha256),
      )
      expect(hands.media(), hands.platform).toHaveLength(1)
      for (const n of links.keys()) expect(wordsSeen(hands)).toContain(`number ${n}`)
      const written = JSON.stringify(stage[hands.platform].store.calls)
      for (const url of hostile) expect(written, hands.platform).toContain(new URL(url).pathname)
    }
    expect(inside.hits).toEqual([])
    expect(outside.hits.length).toBeGreaterThan(0)
    expect(stage.coze.store.fetches.some(({ carriedSecret }) => carriedSecret)).toBe(false)
  })

  test('is left a link where the route says so', async (context) => {
    const stage = await mediaStage(context, { platforms: ['telegram'], media: 'attach: false' })
    const { coze } = stage
    const address = coze.serveFile({ name: 'kept.png', mimeType: 'image/png', bytes: PICTURE })
    coze.setScript(defaults.botId, () => [{ say: `Look: ![a link](${address}) and no more.` }])
    const hands = handsAt(stage, 'telegram')
    hands.say('show me')
    await seesWords(stage, hands, 'and no more.')
    expect(hands.media()).toEqual([])
    expect(coze.store.fetches).toEqual([])
  })
})

/** Counts who calls; answers with a picture, or sends on to another address. */
async function listener(
  { onTestFinished }: TestContext,
  sendsTo?: string,
): Promise<{ readonly port: number; readonly hits: readonly string[] }> {
  const hits: string[] = []
  const server: Server = createServer((request, response) => {
    hits.push(request.url ?? '')
    if (sendsTo === undefined) response.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE)
    else response.writeHead(302, { location: sendsTo }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, hits }
}
