import { expect } from '@playwright/test'
import { test } from './test.ts'

test('fails after a refusal', async ({ request, server }) => {
  const response = await request.post(`${server.origin}/v1/api/tickle`)
  expect(response.status()).toBe(200)
})
