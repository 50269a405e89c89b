// Is traced what somebody collects, and nothing where nobody does?
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readTraceTarget } from './target.ts'
import { traceIdOf } from './traces.ts'

test('without an endpoint, or where it is switched off, nobody collects', () => {
  expect(readTraceTarget({}, '1')).toBeUndefined()
  expect(readTraceTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, '1')).toBeUndefined()
  const off = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' }
  expect(readTraceTarget(off, '1')).toBeUndefined()
})

test.each(['no address', 'localhost:4318', 'grpc://c:4317'])(
  'nothing can be sent to %s, and it is known which variable says so',
  (address) => {
    expect(readTraceTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: address }, '1')).toEqual({
      unusable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    })
    const own = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address }
    expect(readTraceTarget(own, '1')).toEqual({ unusable: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' })
  },
)

test("the endpoint of all signals gets the traces' own path, that of traces is taken as it is", () => {
  expect(readTraceTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }, '1')).toEqual({
    url: 'http://c:4318/v1/traces',
    headers: {},
    service: 'coze-bridge',
    version: '1',
  })
  const own = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/in',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=x%20y,%zz=%zz,broken',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=2',
    OTEL_SERVICE_NAME: 'sales',
  }
  expect(readTraceTarget(own, '1')).toMatchObject({
    url: 'https://t/in',
    headers: { a: '2', b: 'x y', '%zz': '%zz' },
    service: 'sales',
  })
})

test("a turn's trace can be found by its id in the log, as the documentation says", () => {
  const sha256sum = createHash('sha256').update('telegram:42:17').digest('hex')
  expect(traceIdOf('telegram:42:17')).toBe(sha256sum.slice(0, 32))
})
