# Storage for one host: the S3 gateway of Versity over a directory. Point S3_ENDPOINT elsewhere to use another.

FROM versity/versitygw:v1.7.0
# A new volume takes over these folders with their owner. The first level below objects/ are the buckets.
RUN mkdir -p /data/objects/tintype /data/meta && chown -R 10001:10001 /data
COPY --chmod=0755 s3-entrypoint.sh /usr/local/bin/s3-entrypoint.sh
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/s3-entrypoint.sh"]
