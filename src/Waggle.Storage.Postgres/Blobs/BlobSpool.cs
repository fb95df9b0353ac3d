using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Postgres.Blobs;

/// <summary>A content on its way: in memory while it is small, else in a file that the system deletes when it is closed.</summary>
internal sealed class BlobSpool : Stream
{
    private const int MostInMemory = 1024 * 1024;

    private Stream _content = new MemoryStream();

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _content.Length;

    public override long Position
    {
        get => _content.Position;
        set => _content.Position = value;
    }

    /// <exception cref="StoreException">The folder for temporary files has no room or cannot be used.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> part, CancellationToken cancel)
    {
        try
        {
            if (_content is MemoryStream memory && memory.Length + part.Length > MostInMemory)
            {
                var options = new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                var file = new FileStream(Path.Combine(Path.GetTempPath(), $"waggle-{RandomId.Hex(16)}"), options);
                memory.WriteTo(file);
                _content = file;
            }

            await _content.WriteAsync(part, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder {Path.GetTempPath()} cannot take a file: {e.Message} Free space, or set TMPDIR.", e);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _content.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _content.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _content.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => _content.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}
