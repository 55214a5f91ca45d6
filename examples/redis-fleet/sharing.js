/** What members share through Redis: unstorage is the store, redis-semaphore the lock. */
import { Redis } from 'ioredis'
import { Mutex } from 'redis-semaphore'
import { createStorage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'

/** Store and lock of one process, such as at `redis://127.0.0.1:6379`, and `end`, which disconnects. */
export function shareByRedis(url) {
  // While Redis is down a command fails with the next attempt to connect, rather than to wait for its return.
  const options = { maxRetriesPerRequest: 1 }
  const driver = redisDriver({ url, ...options })
  const client = new Redis(url, options)
  // Without a listener each attempt to connect again would be printed.
  for (const connection of [client, driver.getInstance()]) connection.on('error', () => {})
  const storage = createStorage({ driver })
  return {
    store: storage,
    async lock(name, work, { signal }) {
      // Free 5 s after its holder's death: sooner than those who wait for it go on without it, after 10 s.
      const mutex = new Mutex(client, name, {
        lockTimeout: 5000,
        refreshInterval: 1500,
        acquireTimeout: 30_000,
        retryInterval: 100,
        onLockLost: () => {},
      })
      await mutex.acquire(signal)
      try {
        return await work()
      } finally {
        // A lock that is lost, or whose server is down, ends by itself.
        await mutex.release().catch(() => {})
      }
    },
    async end() {
      client.disconnect()
      await storage.dispose()
    },
  }
}
