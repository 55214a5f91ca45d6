/** The page that the network edge shows in front of the broker. */

const EDGE_PAGE =
  '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>' +
  "<P>You don't have permission to access this server. Reference #SANDBOX</P></BODY></HTML>"

export function edgePage(status: number): Response {
  return new Response(EDGE_PAGE, { status, headers: { 'content-type': 'text/html' } })
}
