using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Waggle.Protocol;

namespace Waggle.Server.Auth;

/// <summary>
/// The hub's own key: ES256, as a JSON Web Key in its data folder, created when it is first needed. A person who can read it can make tokens.
/// </summary>
internal sealed class HubSigningKey
{
    public const string FileName = "token-key.json";

    /// <summary>The issuer and audience of tokens that the key signs.</summary>
    public const string Name = "waggle";

    private readonly ECParameters _key;

    private HubSigningKey(ECParameters key)
    {
        _key = key;
        Id = IdOf(key);
        Issuer = new TokenIssuer(Name, Name, [TokenKey.Ec(Id, new ECParameters { Curve = key.Curve, Q = key.Q })]);
    }

    public string Id { get; }

    public TokenIssuer Issuer { get; }

    /// <exception cref="IOException">The file cannot be read or created, or has the wrong content; the message gives the reason.</exception>
    public static HubSigningKey LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, FileName);
        Directory.CreateDirectory(folder);
        if (!File.Exists(path)) Create(path);
        return Load(folder);
    }

    /// <exception cref="IOException">The file does not exist or cannot be used; the message gives the reason.</exception>
    public static HubSigningKey Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Read(path) : throw new IOException($"There is no signing key in {folder} ({FileName}): no token was created there.");
    }

    /// <summary>Returns a signed token with these claims.</summary>
    public string Sign(Action<Utf8JsonWriter> claims)
    {
        var signed = $"{Part(WriteHeader)}.{Part(claims)}";
        using var ec = ECDsa.Create(_key);
        var signature = ec.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private void WriteHeader(Utf8JsonWriter writer)
    {
        writer.WriteString("alg"u8, TokenKey.Es256);
        writer.WriteString("typ"u8, "JWT"u8);
        writer.WriteString("kid"u8, Id);
    }

    private static void Create(string path)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = ec.ExportParameters(includePrivateParameters: true);
        var text = Json(w =>
        {
            w.WriteString("kty"u8, "EC"u8);
            w.WriteString("crv"u8, "P-256"u8);
            w.WriteString("alg"u8, TokenKey.Es256);
            w.WriteString("use"u8, "sig"u8);
            w.WriteString("kid"u8, IdOf(key));
            w.WriteString("x"u8, Base64Url.EncodeToString(key.Q.X));
            w.WriteString("y"u8, Base64Url.EncodeToString(key.Q.Y));
            w.WriteString("d"u8, Base64Url.EncodeToString(key.D));
        });

        Put(path, text);
    }

    /// <summary>Writes the file of a key, unless there is one.</summary>
    public static void Put(string path, ReadOnlySpan<byte> text)
    {
        // The file appears complete and with its owner's rights only. If a hub and a command create it at the same moment, the first one stands.
        var draft = $"{path}.{RandomId.Hex(16)}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(text);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static HubSigningKey Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            throw new IOException(
                $"{path} can be read by every user of this machine, and with it tokens can be created. Restrict it (chmod 600), and create a new key if "
                    + $"another user may have read it.");
        using var document = JwtJson.Parse(File.ReadAllBytes(path));
        if (document is null || Jwks.Read(document.RootElement, secrets: false) is not { Algorithm: TokenKey.Es256 }
            || Jwks.Bytes(document.RootElement, "d") is not { Length: 32 } d)
            throw new IOException(
                $"{path} is not the key of a hub (an ES256 key as JSON Web Key). Restore the right file, or move it away: the hub then creates a new key "
                    + $"and no longer accepts tokens of the old one.");
        var q = new ECPoint { X = Jwks.Bytes(document.RootElement, "x"), Y = Jwks.Bytes(document.RootElement, "y") };
        try
        {
            var key = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = q, D = d };
            using var ec = ECDsa.Create(key);
            return new HubSigningKey(key);
        }
        catch (CryptographicException e)
        {
            throw new IOException($"{path} is damaged: its parts do not belong together.", e);
        }
    }

    // RFC 7638 gives the same key the same name everywhere.
    private static string IdOf(ECParameters key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
        $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(key.Q.X)}}","y":"{{Base64Url.EncodeToString(key.Q.Y)}}"}""")));

    private static string Part(Action<Utf8JsonWriter> write) => Base64Url.EncodeToString(Json(write));

    private static ReadOnlySpan<byte> Json(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan;
    }
}
