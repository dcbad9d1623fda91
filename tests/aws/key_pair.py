"""Key pairs: made, imported, shown and deleted, and launches with them (KP1 to KP4)."""

import base64
import hashlib
import hmac
import os
import shutil
import subprocess
import tempfile

from common import client, ec2, named, refused, same

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM"


def pairs(**more):
    return ec2.describe_key_pairs(**more)["KeyPairs"]


def keygen(*words, material):
    """What ssh-keygen prints of a key in a file; nothing, said aloud, without ssh-keygen."""
    if not shutil.which("ssh-keygen"):
        print("SKIPPED: no ssh-keygen")
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".key") as file:
        os.chmod(file.name, 0o600)
        file.write(material if material.endswith("\n") else material + "\n")
        file.flush()
        done = subprocess.run(["ssh-keygen", *words, "-f", file.name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def sha1_of_private(material):
    """The SHA-1 of the PKCS #8 form of an RSA key in PEM, which is the PKCS #1 form in an envelope."""
    lines = material.splitlines()
    same((lines[0], lines[-1]), ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"))
    key = base64.b64decode("".join(lines[1:-1]))
    octets = b"\x04\x82" + len(key).to_bytes(2, "big") + key
    inner = bytes.fromhex("020100300d06092a864886f70d0101010500") + octets
    return hashlib.sha1(b"\x30\x82" + len(inner).to_bytes(2, "big") + inner).digest().hex(":")


def numbers(material):
    """The numbers of an RSA key in PEM: version, n, e, d, p, q and what follows from them (RFC 8017, A.1.2)."""
    key, found = base64.b64decode("".join(material.splitlines()[1:-1])), []

    def length(at):
        """The length that stands here, and where the value begins."""
        if key[at] < 0x80:
            return key[at], at + 1
        more = key[at] & 0x7F
        return int.from_bytes(key[at + 1 : at + 1 + more], "big"), at + 1 + more

    _, at = length(1)
    while at < len(key):
        same(key[at], 2)
        size, start = length(at + 1)
        found.append(int.from_bytes(key[start : start + size], "big"))
        at = start + size
    return found


same(pairs(), [])
rsa = ec2.create_key_pair(KeyName="first", TagSpecifications=named("n", "key-pair"))
same(rsa["KeyFingerprint"], sha1_of_private(rsa["KeyMaterial"]))
same((rsa["KeyName"], rsa["Tags"][0]["Value"]), ("first", "n"))
version, n, e, d, p, q, d_p, d_q, q_inverse = numbers(rsa["KeyMaterial"])
same((version, n, n.bit_length(), e), (0, p * q, 2048, 65_537))
same((e * d_p % (p - 1), e * d_q % (q - 1), q * q_inverse % p), (1, 1, 1))
same((d % (p - 1), d % (q - 1)), (d_p, d_q))
same(pow(pow(4_711, e, n), d, n), 4_711)
[shown] = pairs(KeyNames=["first"], IncludePublicKey=True)
same((shown["KeyPairId"], shown["KeyType"]), (rsa["KeyPairId"], "rsa"))
same(shown["KeyFingerprint"], rsa["KeyFingerprint"])
public = keygen("-y", material=rsa["KeyMaterial"])
if public:
    same(shown["PublicKey"], f"{public} first")
elliptic = ec2.create_key_pair(KeyName="second", KeyType="ed25519")
[shown] = pairs(KeyPairIds=[elliptic["KeyPairId"]], IncludePublicKey=True)
public = keygen("-y", material=elliptic["KeyMaterial"])
if public:
    same(shown["PublicKey"], public)
    same(keygen("-l", material=public).split()[1], f"SHA256:{shown['KeyFingerprint'].rstrip('=')}")
assert "PublicKey" not in pairs(KeyNames=["second"])[0]
assert ec2.create_key_pair(KeyName="third", KeyType="ed25519")["KeyMaterial"] != elliptic["KeyMaterial"]

# PuTTY's form ends with a code over all that stands before it.
for kind, word in [("rsa", "ssh-rsa"), ("ed25519", "ssh-ed25519")]:
    name = f"putty {kind}"
    text = ec2.create_key_pair(KeyName=name, KeyType=kind, KeyFormat="ppk")["KeyMaterial"]
    lines = text.split("\r\n")
    same(lines[:3], [f"PuTTY-User-Key-File-2: {word}", "Encryption: none", f"Comment: {name}"])
    count = int(lines[3].removeprefix("Public-Lines: "))
    public = "".join(lines[4 : 4 + count])
    same(pairs(KeyNames=[name], IncludePublicKey=True)[0]["PublicKey"], f"{word} {public} {name}")
    more = int(lines[4 + count].removeprefix("Private-Lines: "))
    private = "".join(lines[5 + count : 5 + count + more])
    signed = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in [word.encode(), b"none", name.encode(), base64.b64decode(public), base64.b64decode(private)]
    )
    secret = hashlib.sha1(b"putty-private-key-file-mac-key").digest()
    same(lines[5 + count + more], "Private-MAC: " + hmac.new(secret, signed, hashlib.sha1).hexdigest())

imported = ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=f"{ED25519} me@home".encode())
same(imported["KeyFingerprint"], "4pRkdBa3mADKaTADQCHfAIduEPOGnFl3bj2Aa7p71MQ=")
same(pairs(KeyNames=["mine"], IncludePublicKey=True)[0]["PublicKey"], f"{ED25519} mine")
found = pairs(Filters=[{"Name": "fingerprint", "Values": [imported["KeyFingerprint"]]}])
same([it["KeyName"] for it in found], ["mine"])
same([it["KeyName"] for it in pairs(Filters=[{"Name": "key-name", "Values": ["f*"]}])], ["first"])
same([it["KeyName"] for it in pairs(Filters=[{"Name": "tag:Name", "Values": ["n"]}])], ["first"])
same(len(pairs(Filters=[{"Name": "key-pair-id", "Values": [imported["KeyPairId"]]}])), 1)

refused("InvalidKeyPair.Duplicate", ec2.create_key_pair, KeyName="mine", text="'mine' already exists")
refused("InvalidKeyPair.Duplicate", ec2.import_key_pair, KeyName="mine", PublicKeyMaterial=ED25519.encode())
for material in (b"nothing", b"ssh-rsa AAAA", b"\xff\xff", ED25519[:-3].encode()):
    refused("InvalidKey.Format", ec2.import_key_pair, KeyName="x", PublicKeyMaterial=material, text="OpenSSH")
refused("InvalidParameterValue", ec2.create_key_pair, KeyName="x" * 256)
refused("InvalidParameterValue", ec2.create_key_pair, KeyName="x", KeyType="dsa")
refused("InvalidParameterValue", ec2.create_key_pair, KeyName="x", KeyFormat="der")
refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["none"], text="The key pair 'none' does not exist")
refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["none", "other"], text="none, other")
refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyPairIds=["key-00000000000000001"])
refused("InvalidKeyPairId.Malformed", ec2.describe_key_pairs, KeyPairIds=["key-x"])
refused("MissingParameter", ec2.delete_key_pair)
refused("InvalidParameterCombination", ec2.delete_key_pair, KeyName="mine", KeyPairId=imported["KeyPairId"])
refused("DryRunOperation", ec2.create_key_pair, KeyName="dry", DryRun=True, status=412)
refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["dry"])

# Others see none of them.
same(client(account="210987654321").describe_key_pairs()["KeyPairs"], [])
same(client(region="us-east-1").describe_key_pairs()["KeyPairs"], [])

# A launch names a pair that is there.
run = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
[instance] = ec2.run_instances(KeyName="mine", **run)["Instances"]
same(instance["KeyName"], "mine")
refused("InvalidKeyPair.NotFound", ec2.run_instances, KeyName="none", **run, text="The key pair 'none' does not exist")

# A name that nothing has is deleted as well. What was launched keeps its key.
same(ec2.delete_key_pair(KeyName="none")["Return"], True)
same(ec2.delete_key_pair(KeyName="mine")["KeyPairId"], imported["KeyPairId"])
same(ec2.delete_key_pair(KeyPairId=rsa["KeyPairId"])["Return"], True)
refused("InvalidKeyPair.NotFound", ec2.delete_key_pair, KeyPairId=rsa["KeyPairId"])
refused("InvalidKeyPair.NotFound", ec2.run_instances, KeyName="mine", **run)
[instance] = ec2.describe_instances()["Reservations"][0]["Instances"]
same(instance["KeyName"], "mine")
