namespace Waggle.Server.Insight;

/// <summary>A small file of the system with changing content. It stays open, and reading it again allocates nothing.</summary>
/// <param name="whole">Whether to read the whole file; false reads its beginning, up to 8 KiB.</param>
internal sealed class ProcFile(string path, bool whole = true) : IDisposable
{
    private byte[] _buffer = new byte[8192];
    private FileStream? _stream;

    public string Path => path;

    /// <summary>Reads the file. The span is valid until the next call.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ReadOnlySpan<byte> Read()
    {
        _stream ??= new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var length = 0;
        while (RandomAccess.Read(_stream.SafeFileHandle, _buffer.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
            if (length < _buffer.Length) continue;
            if (!whole) break;
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        return _buffer.AsSpan(0, length);
    }

    public void Dispose() => _stream?.Dispose();
}
