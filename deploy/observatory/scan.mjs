// Scores one address with the MDN HTTP Observatory, with the cookies of somebody who is logged in.
//
//   node scan.mjs <<< '{"url": "https://127.0.0.1:8443/hub/home", "cookies": [["https://…", "name=value; Secure; …"]], "follow": true}'
//
// Its own command line takes the first page of a public host, at port 443, as somebody unknown sees it. Here the requests are made as it
// makes them, by its own session, to the address that is named; its own tests judge the answers and its own table gives the points.
// NODE_EXTRA_CA_CERTS names the authority that signed the certificate: one that cannot be verified costs points, as it should.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./node_modules/@mdn/mdn-http-observatory/', import.meta.url);
// The list of hosts that browsers know to speak TLS, which its installation fetches; none of ours is on it.
const preloaded = new URL('conf/hsts-preload.json', folder);
if (!existsSync(preloaded)) {
  mkdirSync(fileURLToPath(new URL('conf/', folder)), { recursive: true });
  writeFileSync(preloaded, '{}');
}
const part = (path) => import(new URL(`src/${path}`, folder));
const { ALL_TESTS } = await part('constants.js');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part('grader/charts.js');
const { getGradeForScore, getScoreModifier } = await part('grader/grader.js');
const { Session, getPageText } = await part('retriever/session.js');
const { parseHttpEquivHeaders } = await part('retriever/utils.js');
const { HTML_TYPES, Requests } = await part('types.js');

const accepts = 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const origin = 'https://http-observatory.security.mozilla.org';
const mostRedirects = 10;

const { url: address, cookies = [], follow = true } = JSON.parse(readFileSync(0, 'utf8'));

async function asked(url) {
  const session = new Session(url, { headers: [accepts] });
  for (const [from, line] of cookies) await session.jar.setCookie(line, from, { ignoreError: true });
  if (!follow) session.redirectCount = mostRedirects;
  return session.init();
}

async function retrieved() {
  const url = new URL(address);
  const requests = new Requests(url.hostname);
  const session = await asked(url);
  if (!session.response) throw new Error(`${address} does not answer`);
  const plain = await asked(new URL(address.replace(/^https:/, 'http:')));
  requests.session = session;
  requests.responses.auto = session.response;
  requests.responses.https = url.protocol === 'https:' ? session.response : null;
  requests.responses.http = plain.response;
  requests.responses.httpRedirects = plain.redirectHistory;
  requests.responses.httpsRedirects = session.redirectHistory;
  requests.resources.path = getPageText(session.response, true);
  const last = session.redirectHistory.at(-1)?.url.href ?? address;
  const preflight = await session.options({ url: last, headers: { 'Access-Control-Request-Method': 'GET', Origin: origin } });
  requests.responses.cors = preflight && { ...preflight, verified: session.response.verified ?? false };
  const kind = session.response.headers['content-type']?.split(';')[0];
  requests.responses.auto.httpEquiv = HTML_TYPES.has(kind) && requests.resources.path
    ? parseHttpEquivHeaders(requests.resources.path, last) : new Map();
  return { requests, last };
}

const { requests, last } = await retrieved();
const results = ALL_TESTS.map((test) => test(requests));
const points = Object.fromEntries(results.map((one) => [one.constructor.name, [one.result, getScoreModifier(one.result)]]));
const all = Object.values(points).map(([, modifier]) => modifier);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 100);
const lost = sum(all.filter((number) => number < 0));
const { score, grade } = getGradeForScore(lost >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(all) : lost);
console.log(JSON.stringify({
  url: last, status: requests.responses.auto.status, score, grade,
  failed: results.filter((one) => !one.pass).map((one) => one.constructor.name), points,
}));
