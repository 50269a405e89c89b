// Is what a person sets about files and sound understood, and what cannot work told?
import { expect, test } from 'vitest'
import { configYaml, faultsOf, load } from '../../test/support/config-world.ts'

const STUDIO = (rest: string): string => configYaml(rest).replace('coze: {', 'coze: { flavor: studio,')

test('a route says what becomes of files and voice messages', async () => {
  const yaml = configYaml(`routes:
  - media: { maxFileMB: 20, inlineTextKB: 0, mergeWindowMs: 0, attach: false }
    voice: { input: audio, quote: true, replies: voice, voice: 7426720361732915209, speed: 1.25 }
    controls: { listen: true }`)
  expect((await load({ yaml })).policy.routes).toMatchObject([
    {
      media: { maxFileBytes: 20_971_520, inlineTextBytes: 0, mergeWindowMs: 0, attach: false },
      voice: { input: 'audio', quote: true, replies: 'voice', voice: '7426720361732915209', speed: 1.25 },
      controls: { listen: true },
    },
  ])
})

test.each([
  ['media: { maxFileMB: 0 }', 'routes[0].media.maxFileMB: is too small: at least 1'],
  ['media: { maxFileMB: 513 }', 'routes[0].media.maxFileMB: is too big: at most 512'],
  ['media: { inlineTextKB: 1025 }', 'routes[0].media.inlineTextKB: is too big: at most 1024'],
  ['media: { mergeWindowMs: 60001 }', 'routes[0].media.mergeWindowMs: is too big: at most 60000'],
  ['media: { maxFileMb: 5 }', 'routes[0].media.maxFileMb: unknown key; did you mean "maxFileMB"?'],
  ['voice: { input: text }', 'routes[0].voice.input: is none of transcribe, audio, file'],
  ['voice: { speed: 0.4 }', 'routes[0].voice.speed: is too small: at least 0.5'],
  ['voice: { speed: 2.1 }', 'routes[0].voice.speed: is too big: at most 2'],
  ['voice: { speed: fast }', 'routes[0].voice.speed: is a text where a number is expected'],
])('a route with %s is told', async (route, expected) => {
  expect(await faultsOf({ yaml: configYaml(`routes: [{ ${route} }]`) })).toContain(expected)
})

test.each([
  ['voice: { replies: always }', 'is needed for replies: always', 'or set replies: never.'],
  ['voice: { replies: voice }', 'is needed for replies: voice', 'or set replies: never.'],
  ['controls: { listen: true }', 'is needed for controls.listen: true', 'or set controls.listen: false.'],
])('nothing is spoken without a voice: %s', async (route, problem, remedy) => {
  const message = await faultsOf({ yaml: configYaml(`routes:\n  - { ${route} }`) })
  expect(message).toContain(`routes[0].voice.voice: ${problem}`)
  expect(message).toContain(remedy)
  expect(message).toMatch(/config\/bridge\.yaml:\d+:\d+ {2}routes/)
})

test('hosts whose files may be fetched are names, with a port or without', async () => {
  const yaml = configYaml('media: { allowHosts: [MinIO.internal:9000, 10.0.0.7, "[fd00::7]:9000", minio] }')
  expect((await load({ yaml })).media.allowHosts).toEqual([
    'minio.internal:9000',
    '10.0.0.7',
    '[fd00::7]:9000',
    'minio',
  ])
})

test.each([
  ['http://minio:9000', 'Write minio:9000: only the name and the port'],
  ['minio:9000/bucket', 'Write minio:9000: only the name and the port'],
  ['*.internal', 'Write name or name:port'],
  ['minio:99999', 'Write name or name:port'],
  ['minio:0', 'Write name or name:port'],
  ['a b', 'Write name or name:port'],
  ['', 'Write name or name:port'],
])('"%s" is no host', async (host, remedy) => {
  const message = await faultsOf({ yaml: configYaml(`media: { allowHosts: ["${host}"] }`) })
  expect(message).toContain('media.allowHosts[0]: ')
  expect(message).toContain('is no host')
  expect(message).toContain(remedy)
})

test('a password before a host is not repeated', async () => {
  const message = await faultsOf({
    yaml: configYaml('media: { allowHosts: ["http://me:hunter22@minio:9000"] }'),
  })
  expect(message).toContain('is no host')
  expect(message).not.toContain('hunter22')
})

test('the folder of a Bot API server is absolute, or begins where the bridge was started', async () => {
  const pathOf = async (folder: string): Promise<unknown> => {
    const yaml = configYaml('', `telegram: { token: "1:a", localFiles: "${folder}" }`)
    return (await load({ yaml })).platforms['telegram']
  }
  expect(await pathOf('/srv/bot-api')).toMatchObject({ localFiles: '/srv/bot-api' })
  expect(await pathOf('./bot-api/')).toMatchObject({ localFiles: '/app/bot-api' })
})

test("a Bot API server of one's own may take larger files", async () => {
  const settings = (limit: string): string =>
    configYaml('', `telegram: { token: "1:a", maxUploadMB: ${limit} }`)
  expect((await load({ yaml: settings('2000') })).platforms['telegram']).toMatchObject({ maxUploadMB: 2_000 })
  expect(await faultsOf({ yaml: settings('2001') })).toContain('is too big: at most 2000')
})

test.each([
  ['', 'no transcription'],
  ['routes: [{ when: { chat: 1 }, voice: { input: file } }, {}]', 'no transcription'],
  ['routes: [{ voice: { input: file, replies: always, voice: 1 } }]', 'no speech'],
])('Coze Studio hears and says nothing: %s', async (rest, expected) => {
  expect((await load({ yaml: STUDIO(rest) })).warnings).toEqual([expect.stringContaining(expected)])
})

test('Coze Studio without voice is no surprise', async () => {
  expect((await load({ yaml: STUDIO('routes: [{ voice: { input: file } }]') })).warnings).toEqual([])
})
