# From the repository alone:
#   docker build -t k8slint .
#   docker run --rm -v "$PWD:/work:ro" k8slint check .
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --prefix=/install '.[cel]'

FROM python:3.13-slim
COPY --from=build /install /usr/local
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["k8slint"]
CMD ["check", "."]
