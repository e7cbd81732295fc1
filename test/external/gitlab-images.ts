// Stand-ins for the images that gitlab-ci-local's own tests name, made from the server's built-in image with the Docker CLI.

/** A file that a stand-in adds, or replaces. */
type Files = Readonly<Record<string, { readonly mode: string; readonly text: string }>>;

interface StandIn {
  readonly names: string;
  /** As `docker commit --change` takes them. */
  readonly changes?: readonly string[];
  readonly files?: Files;
  /** Run in the built-in image to make it more like the other. */
  readonly prepare?: string;
}

/** Where busybox is all there is. */
const BUSYBOX_SH = 'ln -sf busybox /bin/sh';

const program = (text: string): { mode: string; text: string } => ({ mode: '755', text });
const data = (text: string): { mode: string; text: string } => ({ mode: '644', text });

const ACCOUNTS: Files = {
  '/etc/passwd': data('root:x:0:0:root:/root:/bin/sh\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\ncurl_user:x:100:101::/home/curl_user:/bin/sh\nnginx:x:101:101:nginx:/nonexistent:/bin/false\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n'),
  '/etc/group': data('root:x:0:\npostgres:x:70:\ncurl_group:x:101:\nnobody:x:65534:\n'),
};
const GREETING = 'echo "Hello from \'firecow/gitlab-ci-local-test-image\' image entrypoint"';
const TEST_IMAGE = 'firecow/gitlab-ci-local-test-image';

/** What a package manager would bring is there already. */
const NOTHING_TO_ADD = program('#!/bin/sh\nexit 0\n');
const OS_RELEASE = data('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.21.0\nPRETTY_NAME="Alpine Linux v3.21 (stand-in)"\n');

const STAND_INS: readonly StandIn[] = [
  {
    names: 'alpine:latest alpine:3 alpine:3.21 alpine:3.10 alpine:3.8 busybox:latest busybox:1.36', prepare: `rm -f /bin/bash && ${BUSYBOX_SH}`,
    files: { ...ACCOUNTS, '/etc/os-release': OS_RELEASE, '/usr/local/sbin/apk': NOTHING_TO_ADD },
  },
  {
    names: 'bash:latest debian:latest debian:stable-slim debian:bullseye-slim ubuntu:latest ubuntu:18.04 ubuntu:22.04 ruby:3.1 docker.io/firecow/gitlab-ci-local-util:latest massenz/dnsutils:2.4.0 redis:latest mysql:8 postgres:12 docker:cli docker:dind',
    files: { ...ACCOUNTS, '/etc/os-release': OS_RELEASE, '/usr/local/sbin/apt-get': NOTHING_TO_ADD, '/usr/local/sbin/apt': NOTHING_TO_ADD, '/usr/local/sbin/apk': NOTHING_TO_ADD },
  },
  { names: `${TEST_IMAGE}:latest`, prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["/entrypoint.sh"]'], files: { '/entrypoint.sh': program(`#!/bin/sh\n${GREETING}\necho \${MULTILINE_VARIABLE}\nexec "$@"\n`) } },
  { names: `${TEST_IMAGE}:entrypoint-with-exit`, prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["/entrypoint.sh"]'], files: { '/entrypoint.sh': program(`#!/bin/sh\n${GREETING}\nexit 1\n`) } },
  { names: 'gcr.io/kaniko-project/executor:debug gcr.io/kaniko-project/executor:v1.23.0-debug', prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["/kaniko/executor"]'] },
  {
    names: 'curlimages/curl:8.8.0 curlimages/curl:8.18.0 curlimages/curl:8.21.0', prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["curl"]', 'USER curl_user'],
    files: { ...ACCOUNTS, '/entrypoint.sh': program('#!/bin/sh\nif [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null 2>&1; then set -- curl "$@"; fi\nexec "$@"\n') },
  },
  {
    names: 'nginx:latest nginx:alpine nginx:alpine3.18 nginx:1.29.7 nginx:1.27.4-alpine-slim', prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["/docker-entrypoint.sh"]', 'CMD ["nginx", "-g", "daemon off;"]', 'EXPOSE 80'],
    files: { '/docker-entrypoint.sh': program('#!/bin/sh\nexec "$@"\n'), '/usr/bin/nginx': program('#!/bin/sh\nexec httpd -f -p ${PORT:-80} -h /usr/share/nginx/html\n'), '/usr/share/nginx/html/index.html': data('<title>Welcome to nginx!</title>\n') },
  },
  { names: 'nginxinc/nginx-unprivileged:alpine3.18', prepare: BUSYBOX_SH, changes: ['USER 101', 'CMD ["sh"]'], files: ACCOUNTS },
  {
    names: 'klakegg/hugo:0.83.1-busybox', prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["hugo"]'],
    files: { '/usr/bin/hugo': program('#!/bin/sh\nwhile [ $# -gt 0 ]; do [ "$1" = --source ] && s=$2; shift; done\ncase $s in /*) ;; *) s=$PWD/$s;; esac\n[ -d "$s" ] || { echo "Error: open $s: no such file or directory" >&2; exit 255; }\n') },
  },
  {
    names: 'sumina46/wait-for-it:latest', prepare: BUSYBOX_SH, changes: ['ENTRYPOINT ["wait-for-it"]'],
    files: { '/usr/bin/wait-for-it': program('#!/bin/bash\nh=${1%:*}; p=${1##*:}; t=30; [ "$2" = -t ] && t=$3\nfor i in $(seq $((t*5))); do (echo > /dev/tcp/$h/$p) 2>/dev/null && exit 0; sleep 0.2; done; echo "timeout waiting for $1"; exit 124\n') },
  },
];

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The script that makes them where DOCKER_HOST leads, once the built-in image is there. */
export function standIns(): string {
  const lines = ['set -e', 'until docker image inspect sockerless/node >/dev/null 2>&1; do sleep 0.2; done'];
  for (const { names, changes = [], files = {}, prepare = 'true' } of STAND_INS) {
    const [first, ...others] = names.split(' ');
    lines.push(`R=$(mktemp -d); chmod 755 $R; docker run --name seed sockerless/base sh -c ${quoted(prepare)}`);
    for (const [path, { mode, text }] of Object.entries(files)) lines.push(`mkdir -p $R$(dirname ${path}); printf %s ${quoted(text)} > $R${path}; chmod ${mode} $R${path}`);
    lines.push('tar -C $R --owner=0 --group=0 -cf - . | docker cp - seed:/ >/dev/null', `docker commit ${[...changes, ...(changes.some((change) => change.startsWith('CMD')) ? [] : ['CMD ["sh"]'])].map((change) => `-c ${quoted(change)}`).join(' ')} seed ${first} >/dev/null; docker rm seed >/dev/null; rm -rf $R`);
    for (const name of others) lines.push(`docker tag ${first} ${name}`);
  }
  return lines.join('\n');
}
