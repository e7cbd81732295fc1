// The Docker CLI about images and volumes: lists, several in one archive, prune, and a registry that nobody here wrote.
import { type Case, I } from './docker-cli-case.js';

const TWO = `docker tag ${I} im:1; docker tag ${I} im:2`;

export const imageCases: readonly Case[] = [
  { name: 'image ls: filters and formats', script: `${TWO}; docker image ls --filter reference='im:*' --format '{{.Repository}}:{{.Tag}}' | sort; docker image ls -q --no-trunc im:1 | cut -c1-7; docker image ls --digests im:1 | wc -l | tr -d ' '; docker image ls --tree im:1 2>/dev/null | grep -c im:1; docker rmi im:1 im:2 >/dev/null; docker image ls --filter bogus=1`, exitCode: 1, stdout: 'im:1\nim:2\nsha256:\n2\n1\n', stderr: /invalid filter 'bogus'/ },
  { name: 'several images in one archive', script: `${TWO}; docker save -o s.tar im:1 im:2 && docker rmi im:1 im:2 >/dev/null; docker load -q -i s.tar; docker rmi im:1 im:2`, stdout: 'Loaded image: im:1\nLoaded image: im:2\nUntagged: im:1\nUntagged: im:2\n' },
  { name: 'image inspect', script: `docker image inspect -f '{{.Os}} {{.RootFS.Type}} {{index .RepoTags 0}}' ${I}; docker image inspect no-such-image`, exitCode: 1, stdout: 'linux layers sockerless/base:latest\n[]\n', stderr: /No such image: no-such-image/ },
  { name: 'what is not there', script: 'docker rmi nosuch; docker tag nosuch xx:1; docker push nosuch; docker save nosuch >/dev/null', exitCode: 1, stderr: /(No such image: nosuch:latest[\s\S]*){2}does not exist locally with the tag: nosuch/ },
  { name: 'a prune of everything leaves what is built in', script: `docker create --name ip ${I} true >/dev/null; docker commit ip im:3 >/dev/null; docker rm ip >/dev/null; docker image prune -af | grep -c '^untagged: im:3'; docker run --rm ${I} echo still`, stdout: '1\nstill\n' },
  { name: 'an image in use is kept', script: `docker create --name iu ${I} true >/dev/null; docker commit iu im:4 >/dev/null; docker create --name iv im:4 >/dev/null; docker rmi im:4; s=$?; docker rm iu iv >/dev/null; docker rmi im:4 >/dev/null; exit $s`, exitCode: 1, stderr: /conflict: unable to remove repository reference "im:4" \(must force\) - container [0-9a-f]{12} is using its referenced image [0-9a-f]{12}/ },
  { name: 'volumes: create, list, filter, inspect, prune', script: `docker volume create --label k=v iva; docker volume ls -q --filter label=k; docker volume ls -q --filter dangling=true --filter name=iva; docker volume inspect -f '{{.Driver}} {{.Scope}}' iva; docker volume prune -af --filter label=k | sed -n 2p; docker volume inspect iva`, exitCode: 1, stdout: 'iva\niva\niva\nlocal local\niva\n[]\n', stderr: /get iva: no such volume/ },
  { name: 'a volume in use is kept', script: `docker create --name iw -v ivb:/d ${I} true >/dev/null; docker volume rm ivb; s=$?; docker rm iw >/dev/null; docker volume rm ivb >/dev/null; exit $s`, exitCode: 1, stderr: /remove ivb: volume is in use - \[[0-9a-f]{64}\]/ },
];

/** With `$REGISTRY`, the address of an empty registry. */
export const registryCases: readonly Case[] = [
  { name: 'login and logout', script: `HOME=$PWD; docker login -u me -p secret $REGISTRY 2>/dev/null; docker logout $REGISTRY | sed "s/$REGISTRY/R/"; docker login -u me -p secret 127.0.0.1:1`, exitCode: 1, stdout: /Login Succeeded\nRemoving login credentials for R\n$/, stderr: /connect: connection refused/ },
  { name: 'push, pull, pull -a', script: `docker tag ${I} $REGISTRY/a/b:1; docker tag ${I} $REGISTRY/a/b:2; docker push -q $REGISTRY/a/b:1 | cut -d/ -f2-; docker push -a -q $REGISTRY/a/b >/dev/null; docker rmi $REGISTRY/a/b:1 $REGISTRY/a/b:2 >/dev/null; docker pull $REGISTRY/a/b:1 | tail -2 | head -1 | sed "s/$REGISTRY/R/"; docker pull -a -q $REGISTRY/a/b >/dev/null; docker image ls $REGISTRY/a/b --format '{{.Tag}}' | sort | tr '\\n' ' '; docker rmi $REGISTRY/a/b:1 $REGISTRY/a/b:2 >/dev/null`, stdout: 'a/b:1\nStatus: Downloaded newer image for R/a/b:1\n1 2 ' },
  { name: 'a built-in image is pulled from the server itself, also after its removal', script: 'docker pull sockerless/node | tail -n +2; docker rmi -f sockerless/node >/dev/null; docker pull -q sockerless/node; docker run --rm --pull always -q sockerless/node node -p 6*7; docker pull -q sockerless/node:other', exitCode: 1, stdout: 'latest: Pulling from sockerless/node\nStatus: Image is up to date for sockerless/node:latest\ndocker.io/sockerless/node:latest\ndocker.io/sockerless/node:latest\n42\n' },
  { name: 'a manifest that is not there', script: 'docker pull -q $REGISTRY/a/none', exitCode: 1, stderr: /not found|manifest unknown/ },
];
