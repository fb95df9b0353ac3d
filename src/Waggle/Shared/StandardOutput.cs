using System.Text;

namespace Waggle.Shared;

/// <summary>The exception for a standard output without a reader, as after <c>| head -1</c>. A command that only prints then ends.</summary>
internal sealed class OutputClosedException() : IOException("Standard output was closed by its reader.");

/// <summary>
/// Standard output or standard error with a rule for the end of its reader. A closed pipe ends a command that only prints: .NET ignores the error, so a command
/// that follows the hub would never end. A closed terminal ends nothing: SIGHUP reports it, and the command then stops in order (<see cref="Interrupt"/>).
/// Output is discarded meanwhile, because an error would end the process before it hands back its work.
/// </summary>
internal sealed class StandardOutput(Stream inner, int descriptor, bool isTerminal) : Stream
{
    private const int Output = 1;
    private const int Error = 2;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Replaces the console's stream where standard output or standard error is a terminal. Call it before the first output.</summary>
    public static void SurviveTerminal()
    {
        if (OperatingSystem.IsWindows()) return;
        if (!Console.IsOutputRedirected) Console.SetOut(Writer(Open()));
        if (!Console.IsErrorRedirected) Console.SetError(Writer(new StandardOutput(Console.OpenStandardError(), Error, isTerminal: true)));
    }

    /// <summary>Opens standard output as bytes.</summary>
    public static Stream Open() =>
        OperatingSystem.IsWindows() || Console.IsOutputRedirected
            ? Console.OpenStandardOutput()
            : new StandardOutput(Console.OpenStandardOutput(), Output, isTerminal: true);

    /// <summary>Replaces the console's stream where standard output is a pipe or file, for a command that ends with its reader.</summary>
    public static void EndWithReader()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return;
        Console.SetOut(Writer(new StandardOutput(Console.OpenStandardOutput(), Output, isTerminal: false)));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="OutputClosedException">The reader of the pipe has closed it.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!isTerminal && Libc.HasHungUp(descriptor)) throw new OutputClosedException();
        try
        {
            inner.Write(buffer);
        }
        catch (IOException) when (isTerminal && Libc.HasHungUp(descriptor))
        {
            // The terminal was closed; see the summary of the type.
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static TextWriter Writer(Stream stream)
    {
        var encoding = Console.OutputEncoding is UTF8Encoding ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : Console.OutputEncoding;
        return TextWriter.Synchronized(new StreamWriter(stream, encoding) { AutoFlush = true });
    }
}
