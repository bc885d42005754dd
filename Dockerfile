# The app on the CPU, as a user without rights:
#   docker build -t genai_demo . && docker run --rm -p 127.0.0.1:7860:7860 genai_demo
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 demo
WORKDIR /app
COPY requirements.txt .
# PyTorch without CUDA libraries (0.2 instead of 2.7 GB), then everything else.
RUN pip install --no-cache-dir "$(grep ^torch== requirements.txt)" --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir -r requirements.txt
COPY app.py README.md LICENSE NOTICE ./
COPY genai_demo genai_demo
COPY checkpoints checkpoints
RUN mkdir /data && chown demo /data
USER demo
# /data: the signing certificate, which makes the downloads of one container known to the next; a volume keeps it.
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 GENAI_PRIVATE=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 7860
# What the first of GENAI_HOSTS is called reaches the app through every name it has.
HEALTHCHECK --interval=15s --timeout=10s --start-period=90s CMD ["python", "-m", "genai_demo.ui.alive"]
CMD ["python", "app.py"]
