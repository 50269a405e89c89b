// Can an answer lead the bridge into its own network?
import type { LookupAddress } from 'node:dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkedLookup,
  ForbiddenAddressError,
  isAllowedHost,
  isForbiddenAddress,
  refusalOf,
} from './guard.ts'

const HOSTILE: readonly string[] = [
  // Loopback, in every notation `URL` understands.
  'http://127.0.0.1/',
  'http://127.255.255.254/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0X7F.0.0.1/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://127.0.0.1./',
  'http://%31%32%37.0.0.1/',
  'http://１２７.0.0.1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'https://127.0.0.1:8443/a.png',
  'http:127.0.0.1/',
  'http:\\\\127.0.0.1\\a.png',
  // This network, private, shared, link-local, reserved.
  'http://0/',
  'http://0.0.0.0/',
  'http://0.1.2.3/',
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://192.168.1/',
  'http://0xc0a80001/',
  'http://100.64.0.1/',
  'http://100.127.255.255/',
  'http://100.100.100.200/latest/meta-data/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.0.1/',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://168.63.129.16/',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://192.88.99.1/',
  'http://198.18.0.1/',
  'http://198.19.255.255/',
  'http://198.51.100.7/',
  'http://203.0.113.7/',
  'http://224.0.0.1/',
  'http://239.255.255.250/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  // IPv6: loopback, unspecified, local, multicast, and all that carries an IPv4 address.
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[::127.0.0.1]/',
  'http://[::a00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b::8.8.8.8]/',
  'http://[64:ff9b:1::1]/',
  'http://[2002:7f00:1::]/',
  'http://[2002:a9fe:a9fe::1]/',
  'http://[2001::1]/',
  'http://[2001:0:53aa:64c::]/',
  'http://[2001:db8::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[5f00::1]/',
  'http://[100::1]/',
  // Names that stay at home.
  'http://localhost/',
  'http://LOCALHOST:3000/',
  'http://localhost./',
  'http://localhost../',
  'http://a.localhost/',
  'http://printer.local/',
  'http://printer.local./',
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://metadata.google.internal./',
  'http://host.docker.internal/',
  'http://ｌocalhost/',
  'http://router.home.arpa/',
  'http://localhost.localdomain/',
  // No way to fetch a file, or somebody's login in it.
  'ftp://example.com/a.png',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'gopher://example.com/',
  'http://user:secret@example.com/',
  'http://user@example.com/',
  'http://:secret@example.com/',
  'https://example.com@127.0.0.1/',
]

test('the table is as long as it says', () => {
  expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60)
})

test.each(HOSTILE)('%s is refused before anybody is asked', (address) => {
  expect(refusalOf(new URL(address))).toBeTypeOf('string')
})

test.each([
  'http://example.com/a.png',
  'https://lf3-appstore-sign.oceancloudapi.com/a.png?x-signature=b',
  'http://8.8.8.8/',
  'http://172.32.0.1/',
  'http://100.128.0.1/',
  'http://[2606:4700:4700::1111]/',
  'http://[2001:4860:4860::8888]/',
  'http://localhost.example.com/',
  'http://internal.example.com/',
])('%s may be asked for', (address) => {
  expect(refusalOf(new URL(address))).toBeUndefined()
})

test.each(['fe80::1%eth0', '::ffff:10.0.0.1', '127.1', '', 'example.com', '0x7f.0.0.1'])(
  'what a name means must be a public address: %j is not',
  (address) => {
    expect(isForbiddenAddress(address)).toBe(true)
  },
)

test('an IPv4 address is forbidden in every IPv6 dress, whatever it is', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const prefixes = ['::ffff:', '::', '64:ff9b::', '64:ff9b:1::']
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.constantFrom(...prefixes), (a, b, c, d, prefix) => {
      expect(isForbiddenAddress(`${prefix}${a}.${b}.${c}.${d}`)).toBe(true)
    }),
  )
})

function lookUp(addresses: readonly LookupAddress[], all: boolean): Promise<unknown> {
  const lookup = checkedLookup(async () => addresses)
  return new Promise((resolve, reject) => {
    lookup('files.example.com', { all }, (error, ...found) =>
      error === null ? resolve(found) : reject(error),
    )
  })
}
const PUBLIC = { address: '8.8.8.8', family: 4 }
const PUBLIC_6 = { address: '2606:4700::1', family: 6 }
const PRIVATE = { address: '10.0.0.1', family: 4 }

test('a name gives exactly the addresses that were checked, in either form Node asks for', async () => {
  expect(await lookUp([PUBLIC, PUBLIC_6], true)).toEqual([[PUBLIC, PUBLIC_6]])
  expect(await lookUp([PUBLIC, PUBLIC_6], false)).toEqual(['8.8.8.8', 4])
})

test.each([[[PRIVATE]], [[PUBLIC, PRIVATE]], [[PUBLIC_6, PUBLIC, { address: '::1', family: 6 }]]])(
  'one private address condemns a name: %j',
  async (addresses) => {
    await expect(lookUp(addresses, true)).rejects.toThrow(ForbiddenAddressError)
    await expect(lookUp(addresses, false)).rejects.toThrow(ForbiddenAddressError)
  },
)

test('a name without addresses is an error, not a connection to nowhere', async () => {
  await expect(lookUp([], true)).rejects.toThrow('no address')
})

test.each([
  ['http://minio:9000/a', 'minio:9000', true],
  ['http://MINIO:9000/a', 'minio:9000', true],
  ['http://minio:9000/a', 'MinIO:9000', true],
  ['http://minio/a', 'minio', true],
  ['https://minio/a', 'minio', true],
  ['http://minio:80/a', 'minio', true],
  ['https://minio/a', 'minio:443', true],
  ['http://minio:9000/a', 'minio', false],
  ['http://minio:9001/a', 'minio:9000', false],
  ['http://minio.evil.example:9000/a', 'minio:9000', false],
  ['http://a.minio:9000/a', 'minio:9000', false],
  ['http://127.0.0.1:9000/a', '127.0.0.1:9000', true],
  ['http://2130706433:9000/a', '127.0.0.1:9000', true],
  ['http://[::1]:9000/a', '[::1]:9000', true],
  ['http://user:pw@minio:9000/a', 'minio:9000', false],
  ['ftp://minio:9000/a', 'minio:9000', false],
  ['http://minio:9000/a', '', false],
])('%s with %j allowed: %j', (address, entry, isAllowed) => {
  expect(isAllowedHost(new URL(address), [entry])).toBe(isAllowed)
})
