// The floor for uploads: what undici alone needs to bring a file to Coze, made here or fetched from elsewhere; neither
// looked at nor hashed on the way.
//
// Run as its own process by uploads.ts; told over the channel which file.

import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { seededBytes } from '../../src/emulators/common/bytes.ts'
import './probe.ts'

export interface UploadWork {
  readonly do: 'upload'
  readonly cozeUrl: string
  readonly cozeToken: string
  readonly name: string
  readonly sizeBytes: number
  /** Where it is fetched from; left out: made here, from the seed. */
  readonly from?: string
  readonly seed: number
}

// It lives until it is stopped: the channel alone holds it.
process.channel?.ref()

const dispatcher = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 })
const BOUNDARY = 'between-the-parts'

process.on('message', (message: unknown) => {
  if (isWork(message)) void upload(message).then(() => process.send?.('done'))
})

async function upload({ cozeUrl, cozeToken, name, sizeBytes, from, seed }: UploadWork): Promise<void> {
  const head = Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n` +
      'content-type: application/octet-stream\r\n\r\n',
  )
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  const source = from === undefined ? seededBytes(seed, sizeBytes) : await bodyOf(from)
  const answer = await request(`${cozeUrl}/v1/files/upload`, {
    method: 'POST',
    dispatcher,
    headers: {
      authorization: `Bearer ${cozeToken}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': String(head.length + sizeBytes + tail.length),
    },
    body: Readable.from(parts(head, source, tail), { objectMode: false }),
  })
  await answer.body.dump()
  if (answer.statusCode !== 200) throw new Error(`the upload was answered with ${answer.statusCode}`)
}

async function bodyOf(address: string): Promise<AsyncIterable<Uint8Array>> {
  const { body, statusCode } = await request(address, { dispatcher })
  if (statusCode !== 200) throw new Error(`the file was answered with ${statusCode}`)
  return body
}

async function* parts(
  head: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  tail: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield head
  yield* source
  yield tail
}

function isWork(message: unknown): message is UploadWork {
  return typeof message === 'object' && message !== null && 'do' in message && message.do === 'upload'
}
