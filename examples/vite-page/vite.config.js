import { defineConfig } from 'vite'

// The broker answers no page of another origin, so its calls go by way of this server, unchanged.
const target = process.env.IBKR_ORIGIN ?? 'https://api.ibkr.com'

export default defineConfig({
  server: { host: '127.0.0.1', proxy: { '/v1/api': { target, changeOrigin: true } } },
})
