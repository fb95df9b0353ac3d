using System.Text;
using Waggle.Client;

namespace Waggle.Exec;

/// <summary>The files of one attempt. Disposing removes them.</summary>
internal sealed class TaskFiles(WorkerFolder folder, TaskWork work) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly List<string> _written = [];

    /// <returns>The path of the file.</returns>
    /// <exception cref="TaskFailedException">The file cannot be written.</exception>
    public string Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, $"{work.Id}-{work.Attempt}-{work.Token}-{name}");
        try
        {
            _written.Add(path);
            File.WriteAllText(path, text, Utf8);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TaskFailedException("SPAWN_FAILED", $"The task's file cannot be written: {e.Message}", inner: e);
        }
    }

    public void Dispose()
    {
        foreach (var path in _written)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The worker removes its whole folder when it ends.
            }
        }
    }
}
