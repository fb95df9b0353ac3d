using System.Text;
using Waggle.Exec;

namespace Waggle.Commands.Shared;

/// <summary>Nobody reads standard output any more, as after <c>| head -1</c>: a command that only prints has nothing left to do.</summary>
internal sealed class OutputClosedException() : IOException("Standard output was closed by its reader.");

/// <summary>Standard output that notices when its reader has gone. That of .NET writes on to nobody, so a command that follows the hub would never end.</summary>
internal sealed class StandardOutput(Stream inner) : Stream
{
    private const int Descriptor = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>In place of the console's own, where a pipe or file takes the output.</summary>
    public static void Use()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return;
        var encoding = Console.OutputEncoding is UTF8Encoding ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : Console.OutputEncoding;
        Console.SetOut(TextWriter.Synchronized(new StreamWriter(new StandardOutput(Console.OpenStandardOutput()), encoding) { AutoFlush = true }));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="OutputClosedException">The reader has gone.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Libc.HasHungUp(Descriptor)) throw new OutputClosedException();
        inner.Write(buffer);
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
