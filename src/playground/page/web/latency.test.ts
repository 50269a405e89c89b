import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLatencies, percentile } from './latency.ts'

test('the last ones are kept, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 20 }), (values, size) => {
      const latencies = createLatencies(size)
      for (const value of values) latencies.push(value)
      expect(latencies.all()).toEqual(values.slice(-size))
    }),
  )
})

test('a percentile is one of the values, and enough of them are not above it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, share) => {
      const value = percentile(values, share)
      const below = values.filter((one) => one <= value).length
      expect(values).toContain(value)
      expect(below / values.length).toBeGreaterThanOrEqual(share / 100)
    }),
  )
})
