using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Waggle.Transport.WebSockets;

namespace Waggle.Delivery;

/// <summary>Writes entries into a buffer, in frames or, for a stream without frames, unchanged.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct FrameComposer(SendBuffer buffer, IRenderer renderer, DeliveryMetrics metrics)
{
    private const int MaxArrayBytes = 256 * 1024;
    private const byte Array32 = 0xdd;

    /// <summary>Whether the client accepts frames that contain an array of messages.</summary>
    public bool Batch { get; init; }

    /// <summary>Whether frames are binary, and an array of messages is one of MessagePack.</summary>
    public bool Binary { get; init; }

    /// <summary>Whether messages contain their own delimiters, so that there are no frames.</summary>
    public bool Stream { get; init; }

    /// <summary>Writes all entries.</summary>
    /// <returns>
    /// Null if all entries are in the buffer. Otherwise the error of the entry that could not be encoded; the buffer contains only the frames before its own.
    /// </returns>
    public Exception? Compose(List<Entry> entries)
    {
        var whole = buffer.Length;
        try
        {
            for (var next = 0; next < entries.Count; whole = buffer.Length) next = Compose(entries, next);
            return null;
        }
        catch (Exception e)
        {
            buffer.Cut(whole);
            return e;
        }
    }

    // Writes one frame, or one message of a stream without frames, and returns the index of the next entry.
    private int Compose(List<Entry> entries, int next)
    {
        if (Stream || entries[next].Kind == EntryKind.Frame)
        {
            Write(entries[next]);
            return next + 1;
        }

        buffer.BeginFrame(Binary ? Opcode.Binary : Opcode.Text);
        if (Binary && Batch && Joins(entries, next) && Joins(entries, next + 1)) next = ComposePacked(entries, next);
        else if (Batch && Joins(entries, next) && Joins(entries, next + 1)) next = ComposeArray(entries, next);
        else Write(entries[next++]);
        buffer.EndMessage();
        return next;
    }

    private int ComposeArray(List<Entry> entries, int next)
    {
        var start = buffer.Length;
        var envelope = renderer.Batches;
        buffer.Add(envelope is null ? "["u8 : envelope.Open.Span);
        WriteJoined(entries[next++]);
        while (Joins(entries, next) && buffer.Length - start < MaxArrayBytes)
        {
            buffer.Add(","u8);
            WriteJoined(entries[next++]);
        }

        buffer.Add(envelope is null ? "]"u8 : envelope.Close.Span);
        return next;
    }

    // The header of an array with a length of 32 bits, which is known only at the end.
    private int ComposePacked(List<Entry> entries, int next)
    {
        var (start, count) = (buffer.Length, 0);
        buffer.Add([Array32, 0, 0, 0, 0]);
        while (Joins(entries, next) && buffer.Length - start < MaxArrayBytes)
        {
            var (entry, before) = (entries[next++], buffer.Length);
            WritePacked(entry);

            // A message that the dialect does not have writes nothing.
            if (buffer.Length > before) count += entry.Content is EncodedMessage { Ends: { } ends } ? ends.Length : 1;
        }

        BinaryPrimitives.WriteInt32BigEndian(buffer.At(start + 1, sizeof(int)), count);
        return next;
    }

    private void WritePacked(in Entry entry)
    {
        // The messages of one body follow each other, as the elements of the array do.
        if (entry.Content is EncodedMessage message) buffer.Add(message.Body.Span);
        else Write(entry);
    }

    private bool Joins(List<Entry> entries, int next) =>
        next < entries.Count && entries[next].Kind is var kind && (renderer.Batches is null ? kind != EntryKind.Frame : kind == EntryKind.Record);

    // The messages of one body are elements of their own.
    private void WriteJoined(in Entry entry)
    {
        if (entry.Content is not EncodedMessage { Ends: { } ends } message)
        {
            Write(entry);
            return;
        }

        for (var (i, start) = (0, 0); i < ends.Length; start = ends[i++])
        {
            if (i > 0) buffer.Add(","u8);
            buffer.Add(message.Body.Span[start..ends[i]]);
        }
    }

    private void Write(in Entry entry)
    {
        if (entry.Content is EncodedMessage message) Write(message);
        else if (entry.Content is Gap gap)
        {
            metrics.GapSent();
            renderer.RenderGap(gap.From, gap.To, gap.Dropped, buffer);
        }
        else entry.Deferred!.Write(buffer);
    }

    private void Write(EncodedMessage message)
    {
        if (message.Ends is not { } ends)
        {
            buffer.Add(message.Body.Span);
            return;
        }

        var start = 0;
        foreach (var end in ends)
        {
            buffer.Add(message.Body.Span[start..end]);
            buffer.Next();
            start = end;
        }
    }
}
