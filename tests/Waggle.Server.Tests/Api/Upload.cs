using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Waggle.Server.Tests.Api;

/// <summary>Uploads a result as a worker does that holds the lease.</summary>
internal static class Upload
{
    public static async Task<Answer> SendAsync(RestHub hub, string task, string proof, Stream content, string? type = null, bool chunked = false)
    {
        var body = JsonNode.Parse($"{{{proof}}}")!;
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/leases/{task}/result") { Content = new StreamContent(content) };
        request.Headers.TransferEncodingChunked = chunked;
        if (type is not null) request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach (var (header, field) in new[] { ("Waggle-Agent", "agent"), ("Waggle-Secret", "secret"), ("Waggle-Attempt", "attempt"), ("Waggle-Token", "token") })
            request.Headers.Add(header, body[field]!.ToString());
        using var response = await hub.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}

/// <summary>So many bytes, made while they are read.</summary>
internal sealed class Generated(long length) : Stream
{
    private long _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, length - _at);
        for (var i = 0; i < count; i++) buffer[i] = (byte)((_at + i) * 31 >> 3);
        _at += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
