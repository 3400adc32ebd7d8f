import Hummingbird
import ArgumentParser
import Crypto

@main struct Entry { static func main() {} }
